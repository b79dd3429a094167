/** Whether a text ends inside a private key: its first line is there and its last is not. */
export function opensKey(text: string): boolean {
  const begin = text.lastIndexOf('PRIVATE KEY');
  if (begin < 0) return false;
  const line = text.slice(Math.max(0, begin - 48), begin);
  return line.lastIndexOf('BEGIN ') > line.lastIndexOf('END ');
}

/** Whether a text is a line of a key: base64 alone, a header of the key, an empty line, or its last line. */
export function isKeyGoingOn(text: string): boolean {
  const line = text.trim();
  if (line === '' || closesKey(line)) return true;
  return /^(?:[A-Za-z0-9+/]{4,}={0,2}|(?:Proc-Type|DEK-Info|Comment|Version): [^\n]*)$/.test(line);
}

/** Whether the last line of a key is in a text. */
export const closesKey = (text: string) => /-END [A-Z0-9 ]{0,40}PRIVATE KEY/.test(text);

/** Lines of one log have the same path but for their place in the list. */
export const seriesOf = (path: string) => path.replace(/\/\d+(?=\/|$)/g, '/*');
