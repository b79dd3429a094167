import { z } from 'zod';
import { type Resolved, secret, setting } from '../../secrets/reference.ts';

/** Where an HTTP API is, for a connection schema: a path prefix is kept, credentials have their own place. */
export const BaseUrl = z
  .string()
  .refine(isBaseUrl, 'expected http(s)://host[:port][/path] without user, password, query or fragment');

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '' && !/[?#@\\\s]/.test(text);
}

/** What an HTTP API may ask of its callers: a bearer token, or user and password. */
export const HttpCredentials = z.union([
  z.strictObject({ token: secret() }),
  z.strictObject({
    user: setting(z.string().regex(/^[^:\p{Cc}]+$/u, 'a user name has no colon')),
    password: secret(),
  }),
]);

/** A tenant of Mimir, Loki, Cortex or Thanos, by Mimir's own rule for names; `|` joins several. */
export const Tenant = z
  .string()
  .regex(/^[A-Za-z0-9!_.*'()|-]{1,150}$/, "a tenant has letters, digits and !-_.*'()| only");

/** The resolved settings that become headers. */
export interface Identity {
  readonly credentials?: Resolved<z.output<typeof HttpCredentials>> | undefined;
  readonly tenant?: string | undefined;
}
