import type { z } from 'zod';

type Json = z.infer<ReturnType<typeof z.json>>;

/** User and password of a URL inside any text, as in `amqp://user:pass@host`. */
const USERINFO = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']*(?:@[^\s/@"']*)*@/gi;
const SECRET_KEY = /pass(word|wd)?$|secret|token|credential|api-?key/i;

/** A text without the user and password of any URL in it. */
export const withoutUserinfo = (text: string): string => text.replace(USERINFO, '$1{userinfo}@');

/** The same for every string of a JSON value; what its key calls a secret is not shown at all. */
export function redacted(value: Json): Json {
  if (typeof value === 'string') return withoutUserinfo(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(redacted);
  return redactedTable(value);
}

/** {@link redacted}, of a table. */
export const redactedTable = (table: Readonly<Record<string, Json>>): Record<string, Json> =>
  Object.fromEntries(
    Object.entries(table).map(([key, item]) => [key, SECRET_KEY.test(key) ? '{secret}' : redacted(item)]),
  );
