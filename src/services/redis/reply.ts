import { ToolError } from '../../toolset/errors.ts';

/** What a server answers in RESP 2, with every bulk string as bytes. */
export type Reply = null | number | string | Buffer | readonly Reply[];

const unexpected = (wanted: string) =>
  new ToolError('backend_failed', `the server answered with something other than ${wanted}`);

export function asNumber(reply: Reply | undefined): number {
  if (typeof reply === 'number') return reply;
  throw unexpected('a number');
}

/** A simple or bulk string, as text. */
export function asText(reply: Reply | undefined): string {
  if (typeof reply === 'string') return reply;
  if (Buffer.isBuffer(reply)) return reply.toString('utf8');
  throw unexpected('a text');
}

export function asBuffer(reply: Reply | undefined): Buffer {
  if (Buffer.isBuffer(reply)) return reply;
  throw unexpected('bytes');
}

export const asBufferOrNull = (reply: Reply | undefined): Buffer | null =>
  reply === null ? null : asBuffer(reply);

export function asList(reply: Reply | undefined): readonly Reply[] {
  if (Array.isArray(reply)) return reply;
  throw unexpected('a list');
}

/** A flat list `a, 1, b, 2` as pairs. */
export function asPairs(reply: Reply | undefined): readonly (readonly [Reply, Reply])[] {
  const flat = asList(reply);
  if (flat.length % 2 !== 0) throw unexpected('pairs');
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i] ?? null, flat[2 * i + 1] ?? null]);
}

/** The reply of SCAN and its kin: where to go on (`0` at the end), and the items. */
export function asScan(reply: Reply | undefined): { cursor: string; items: readonly Reply[] } {
  const [cursor, items] = asList(reply);
  return { cursor: asText(cursor), items: asList(items) };
}
