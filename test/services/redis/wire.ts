/** Splits what was sent to a Redis server into its commands, each a list of words. Throws on anything unframed. */
export function commandsIn(sent: Buffer): string[][] {
  const commands: string[][] = [];
  let at = 0;
  const header = (mark: string): number => {
    const end = sent.indexOf('\r\n', at);
    const line = sent.subarray(at, end).toString('latin1');
    const figure = /^(.)(\d+)$/.exec(line);
    if (end < 0 || figure?.[1] !== mark) throw new Error(`not a counted command: ${JSON.stringify(line)}`);
    at = end + 2;
    return Number(figure[2]);
  };
  while (at < sent.length) {
    const words: string[] = [];
    for (let left = header('*'); left > 0; left--) {
      const length = header('$');
      words.push(sent.subarray(at, at + length).toString('utf8'));
      at += length + 2;
    }
    commands.push(words);
  }
  return commands;
}

/** The commands that a tool caused: without login and database. */
export const toolCommandsIn = (sent: Buffer): string[][] =>
  commandsIn(sent).filter(([name]) => name !== 'AUTH' && name !== 'SELECT' && name !== 'HELLO');
