import type { ServerResponse } from 'node:http';
import { escapeUnsafe } from '../../audit/safe-text.ts';
import { replyJson } from '../http/reply.ts';

/** What every answer of the console carries: nothing is loaded from elsewhere, framed, sniffed or told to others. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types layout',
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Answers with JSON in which every text is fit to be shown: the page can then not forget to make it so. */
export const replyShown = (
  response: ServerResponse,
  body: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Readonly<Record<string, string>> } = {},
): void => replyJson(response, status, shown(body), { ...SECURITY_HEADERS, ...headers });

export const replyProblem = (response: ServerResponse, status: number, code: string, message: string): void =>
  replyShown(response, { error: { code, message } }, { status });

/** Writes what hides, steers the reading direction or would be obeyed as `\uXXXX`, in every string and key. */
export function shown(value: unknown): unknown {
  if (typeof value === 'string') return shownText(value);
  if (Array.isArray(value)) return value.map(shown);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [shownText(key), shown(item)]));
}

/** Line feeds and tabs stay: they only make lines. */
const shownText = (text: string): string => text.replace(/[^\n\t]+/g, escapeUnsafe);
