import { Writable } from 'node:stream';
import { runCli } from '../../src/cli/cli.ts';

/** The help of every command, as `--help` prints it in 80 columns. */
export async function readCliHelp(): Promise<string> {
  // Commander takes the width of a terminal; the document must not depend on where it is made.
  process.stdout.columns = 80;
  const sections: string[] = [];
  await addHelp([], sections);
  return sections.join('\n\n');
}

async function addHelp(command: readonly string[], sections: string[]): Promise<void> {
  const text = await helpOf(command);
  sections.push(`## ${['stackward', ...command].join(' ')}\n\n\`\`\`text\n${text.trimEnd()}\n\`\`\``);
  for (const name of subcommandsIn(text)) await addHelp([...command, name], sections);
}

async function helpOf(command: readonly string[]): Promise<string> {
  let text = '';
  const sink = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  await runCli([...command, '--help'], { env: {}, stdout: sink, stderr: sink });
  return text;
}

function subcommandsIn(help: string): string[] {
  const [, listed = ''] = /\nCommands:\n([\s\S]*?)(?:\n\n|$)/.exec(help) ?? [];
  return [...listed.matchAll(/^ {2}([\w-]+)/gm)].flatMap(([, name]) =>
    name && name !== 'help' ? [name] : [],
  );
}
