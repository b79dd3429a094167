import { createHmac, timingSafeEqual } from 'node:crypto';
import { type HttpTwin, Strange, startHttpTwin } from './http-twin.ts';

/**
 * TWIN of a receiver of Stackward's events, as the documents of `on-call` and `ticket-tracker` tell their authors to
 * write one: it checks token, signature and age, and keeps each idempotency key once.
 */
export interface WebhookTwin extends HttpTwin {
  readonly hook: string;
  /** Events that were kept, in order. */
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

export const HOOK_TOKEN = 'hook-t0ken';
export const HOOK_SECRET = 'hook-s3cret';

export async function startWebhookTwin(): Promise<WebhookTwin> {
  const events: Record<string, unknown>[] = [];
  const seen = new Set<string>();
  const known = ['authorization', 'idempotency-key', 'x-stackward-signature'];
  const twin = await startHttpTwin(known, ({ method, path, headers, text, json, query }) => {
    if (method !== 'POST' || path !== '/hooks/pages' || query.length > 0)
      throw new Strange('unknown request');
    if (headers.authorization !== `Bearer ${HOOK_TOKEN}`) return { status: 401 };
    if (!isSigned(headers['x-stackward-signature'] ?? '', text))
      return { status: 403, text: 'bad signature' };
    const key = headers['idempotency-key'];
    if (!key) throw new Strange('no idempotency key');
    if (!seen.has(key)) events.push(json as Record<string, unknown>);
    seen.add(key);
    return { status: 204 };
  });
  return { ...twin, hook: `${twin.url}/hooks/pages`, events };
}

function isSigned(header: string, body: string): boolean {
  const { seconds, hex } = /^t=(?<seconds>\d+),v1=(?<hex>[0-9a-f]{64})$/.exec(header)?.groups ?? {};
  if (!seconds || !hex || Math.abs(Date.now() / 1000 - Number(seconds)) > 300) return false;
  const expected = createHmac('sha256', HOOK_SECRET).update(`${seconds}.${body}`).digest();
  return timingSafeEqual(expected, Buffer.from(hex, 'hex'));
}
