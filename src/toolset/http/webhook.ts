import { z } from 'zod';
import type { JsonValue } from '../define.ts';
import { ToolError } from '../errors.ts';
import { createHttpClient, type HttpApi } from './client.ts';
import { BaseUrl } from './connection.ts';

/** Most bytes of a receiver's answer; it is read to know that the request arrived whole, and never shown. */
const MOST_ANSWER = 64 * 1024;

/** Where a webhook is: an address that is sent as it stands, so it has nothing that encoding would change. */
export const WebhookUrl = BaseUrl.refine(
  (text) => !/%|[^:]\/\/|[^/]\/+$|\/\.{1,2}(\/|$)/.test(text) && isPlain(text),
  'expected http(s)://host/path without %, empty or dot segments and characters that encoding changes, and without / at its end',
);

/** Zod asks this of texts that are no address as well. */
function isPlain(text: string): boolean {
  const { pathname } = URL.canParse(text) ? new URL(text) : { pathname: '' };
  return pathname === '/' || text.endsWith(pathname);
}

/** An address that {@link WebhookUrl} fits. Throws ToolError('setting_unavailable') for another. */
export function webhookUrlOf(address: string): string {
  const url = WebhookUrl.safeParse(address);
  if (url.success) return url.data;
  throw new ToolError('setting_unavailable', `url: ${url.error.issues[0]?.message}`);
}

/** One address to which events are posted. */
export interface Webhook {
  /** Names the receiver in errors. */
  readonly name: string;
  /** Fits {@link WebhookUrl}. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** HMAC-SHA256 of a text under the secret that the receiver shares, as hex; absent where it shares none. */
  readonly sign?: ((text: string) => string) | undefined;
  /** What a status that is no success means at this receiver. */
  readonly failureOf?: HttpApi['failureOf'];
}

/**
 * Posts one JSON event. Any 2xx status is an arrival; the receiver's words are not read.
 *
 * The receiver can drop a repetition by `Idempotency-Key`, and check the header
 * `X-Stackward-Signature: t=SECONDS,v1=HEX`, where HEX is the HMAC-SHA256 of `SECONDS.BODY`.
 * @param key names the event: the same event sent again has the same key
 * @throws ToolError; `outcome_unknown` where the event may have arrived
 */
export async function postEvent(
  { name, url, headers, sign, failureOf }: Webhook,
  event: JsonValue,
  key: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const seconds = Math.floor(Date.now() / 1000);
  const http = createHttpClient({
    name,
    url,
    root: [],
    headers: {
      ...headers,
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(sign
        ? { 'x-stackward-signature': `t=${seconds},v1=${sign(`${seconds}.${JSON.stringify(event)}`)}` }
        : {}),
    },
    maxBytes: MOST_ANSWER,
    askForLess: 'the receiver should answer with few words',
    ...(failureOf ? { failureOf } : {}),
  });
  await http.ask(
    { method: 'POST', path: [], json: event, answer: z.string(), as: 'text', writes: true },
    signal,
  );
}
