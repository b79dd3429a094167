/** What an intermediary reads in the headers must be what the body does. Clients of this revision may leave them out. */
export function headerMismatch({ headers }: Request, body: unknown): string | undefined {
  const { method, params } = (body ?? {}) as { method?: unknown; params?: { name?: unknown; uri?: unknown } };
  const saidMethod = headers.get('mcp-method');
  if (saidMethod !== null && saidMethod !== method) return 'Mcp-Method does not name the method of the body';
  const saidName = headers.get('mcp-name');
  if (saidName !== null && saidName !== (params?.name ?? params?.uri))
    return 'Mcp-Name does not name what the body names';
  return undefined;
}
