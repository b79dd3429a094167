const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/** Whether a host is this very machine, by a name that nobody else can have. */
export const isLoopback = (host: string): boolean => LOOPBACK.has(host);

/** HTTPS, or HTTP to this very machine. */
export function isTrustworthyUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  const isSafe =
    protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname.replace(/^\[|\]$/g, '')));
  return isSafe && username === '' && password === '';
}
