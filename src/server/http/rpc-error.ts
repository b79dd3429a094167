/** A JSON-RPC error that belongs to no request, for the SDK's web-standard handlers. */
export const rpcError = (status: number, message: string, code = -32_000): Response =>
  Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status });
