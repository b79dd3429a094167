/** One header of a request; what is not a single text is undefined. */
export type HeaderOf = (name: string) => string | undefined;

/** What an intermediary reads in the headers must be what the body does. Clients of this revision may leave them out. */
export function headerMismatch(headerOf: HeaderOf, body: unknown): string | undefined {
  const { method, params } = (body ?? {}) as { method?: unknown; params?: { name?: unknown; uri?: unknown } };
  const saidMethod = headerOf('mcp-method');
  if (saidMethod !== undefined && saidMethod !== method)
    return 'Mcp-Method does not name the method of the body';
  const saidName = headerOf('mcp-name');
  if (saidName !== undefined && saidName !== (params?.name ?? params?.uri))
    return 'Mcp-Name does not name what the body names';
  return undefined;
}
