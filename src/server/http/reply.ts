import type { ServerResponse } from 'node:http';

/** Answers with JSON. */
export function replyJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(text);
}

/** Answers with the error shape of the plain HTTP routes. */
export const replyError = (
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  headers?: Readonly<Record<string, string>>,
): void => replyJson(response, status, { error: { code, message } }, headers);

/** Answers with a JSON-RPC error that belongs to no request. */
export const replyRpcError = (
  response: ServerResponse,
  status: number,
  message: string,
  { code = -32_000, headers = {} }: { code?: number; headers?: Readonly<Record<string, string>> } = {},
): void => replyJson(response, status, { jsonrpc: '2.0', error: { code, message }, id: null }, headers);
