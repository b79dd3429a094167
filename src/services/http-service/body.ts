import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { Exchanged } from './exchange.ts';

/** Headers of an answer that a caller may see; any other may hold a session or tell of what is behind. */
const SHOWN = [
  'cache-control',
  'content-language',
  'content-type',
  'date',
  'etag',
  'last-modified',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'retry-after',
  'x-request-id',
  'x-total-count',
] as const;
const MAX_HEADER = 200;
/** Part of the byte limit that a body may fill. */
const SHARE = 0.75;

/** The fields of an answer as tools return them. */
export const answerFields = {
  status: z.number().int(),
  ok: z.boolean().describe('Status 200 to 299'),
  headers: z.record(z.string(), z.string()).describe('A few that matter; never cookies'),
  json: z.unknown().optional().describe('The body, where it is JSON'),
  text: z.string().optional().describe('The body, where it is other text'),
  base64: z.string().optional().describe('The body, where it is bytes'),
  body_bytes: z.number().int().describe('Bytes of the body that were read'),
  truncated: z.boolean(),
  hint: z.string().optional(),
};

/** An answer for a caller: JSON as JSON, text as text, bytes in base64; cut to `bytes` as JSON. */
export function showAnswer({ status, headers, body, cut }: Exchanged, bytes: number) {
  const most = Math.floor(bytes * SHARE);
  const shown = showBody(headers, body, cut, most);
  const redirects = status >= 300 && status < 400 && status !== 304;
  const hint = redirects
    ? 'the service redirects; redirects are never followed'
    : shown.truncated
      ? 'the body was cut; ask for less with the endpoint’s own parameters'
      : undefined;
  return {
    status,
    ok: status >= 200 && status < 300,
    headers: headersOf(headers),
    ...shown,
    body_bytes: body.length,
    ...(hint === undefined ? {} : { hint }),
  };
}

function headersOf(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    SHOWN.flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value.slice(0, MAX_HEADER)]] : [];
    }),
  );
}

function showBody(headers: IncomingHttpHeaders, body: Buffer, cut: boolean, most: number) {
  if (body.length === 0) return { truncated: cut };
  const text = textOf(headers, body, cut);
  if (text === undefined) {
    const kept = body.subarray(0, Math.floor((most * 3) / 4));
    return { base64: kept.toString('base64'), truncated: cut || kept.length < body.length };
  }
  const json = cut ? undefined : parseJson(text);
  if (json !== undefined && Buffer.byteLength(JSON.stringify(json)) <= most)
    return { json, truncated: false };
  const kept = shorten(text, most);
  return { text: kept, truncated: cut || kept.length < text.length };
}

/** The body's text, or undefined where it is bytes: compressed unasked, or no UTF-8. */
function textOf(headers: IncomingHttpHeaders, body: Buffer, cut: boolean): string | undefined {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return undefined;
  try {
    // A character that the cut split is left out rather than taken for a fault.
    return new TextDecoder('utf-8', { fatal: true }).decode(body, { stream: cut });
  } catch {
    return undefined;
  }
}

/** The JSON that an answer holds, or undefined where it holds none. */
export function jsonOf({ headers, body, cut }: Exchanged): unknown {
  const text = cut ? undefined : textOf(headers, body, cut);
  return text === undefined ? undefined : parseJson(text);
}

/** The text of an answer, for an error. */
export const wordsOf = ({ headers, body, cut }: Exchanged): string => textOf(headers, body, cut) ?? '';

/** Deeper than this no service answers on purpose, and what walks the result could run out of stack. */
const MAX_DEPTH = 100;

function parseJson(text: string): unknown {
  if (depthOf(text) > MAX_DEPTH) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [sign] of json.replace(/"(?:[^"\\]|\\.)*"/g, '').matchAll(/[[\]{}]/g)) {
    depth += sign === '[' || sign === '{' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** Halves a text until it fits as JSON, where a character can take up to six. */
function shorten(text: string, most: number): string {
  let kept = text.slice(0, most);
  while (Buffer.byteLength(JSON.stringify(kept)) > most) kept = kept.slice(0, kept.length >> 1);
  return kept.replace(/[\ud800-\udbff]$/, '');
}
