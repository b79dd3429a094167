/** A link's address without user, password, query and fragment, where credentials hide; undefined where there is none. */
export function shownAddress(url: string): string | undefined {
  if (url === '') return undefined;
  if (url.startsWith('/')) return url.split(/[?#]/, 1)[0];
  if (!URL.canParse(url)) return undefined;
  const { protocol, host, pathname } = new URL(url);
  return /^https?:$/.test(protocol) ? `${protocol}//${host}${pathname}` : undefined;
}
