import { z } from 'zod';
import type { Resolved } from '../../secrets/reference.ts';
import { secret, setting } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { HeaderName } from './endpoint.ts';
import { holesOf, isPathTemplate } from './path.ts';

const BaseUrl = z
  .string()
  .max(500)
  .refine(isBaseUrl, 'expected http(s)://host[:port][/path] without user, password, query, % or dot segments')
  .describe('Where the service is; a path prefix is kept');

function isBaseUrl(text: string): boolean {
  const prefix = /^https?:\/\/[A-Za-z0-9._:[\]-]+(\/.*)?$/.exec(text)?.[1]?.replace(/\/$/, '') ?? '';
  if (!/^https?:\/\/[A-Za-z0-9[]/.test(text) || !URL.canParse(text) || /[\s?#@\\]/.test(text)) return false;
  const { username, password, search, hash } = new URL(text);
  return `${username}${password}${search}${hash}` === '' && (prefix === '' || isFixedPath(prefix));
}

const isFixedPath = (path: string): boolean => isPathTemplate(path) && holesOf(path).length === 0;

/** Where an HTTP service is, and how Stackward says who it is. */
export const HttpConnection = z.strictObject({
  base_url: setting(BaseUrl),
  credentials: z
    .union([
      z.strictObject({ token: secret() }),
      z.strictObject({
        user: setting(z.string().regex(/^[^:\p{Cc}]+$/u, 'a user name has no colon')),
        password: secret(),
      }),
      z.strictObject({ header: HeaderName.describe('Name of the header'), value: secret() }),
    ])
    .optional()
    .describe('A bearer token, user and password, or the value of one header'),
  ca_file: z
    .string()
    .min(1)
    .optional()
    .describe('PEM file of the authorities to trust instead of the usual ones'),
  health: z
    .strictObject({
      path: z.string().refine(isFixedPath, 'expected a path such as /healthz'),
      expect_status: z.number().int().min(100).max(599).default(200),
    })
    .optional()
    .describe('What http_check asks for; without it the root, and any status below 400'),
});
export type HttpConnection = z.output<typeof HttpConnection>;

type Credentials = NonNullable<Resolved<HttpConnection>['credentials']>;

/**
 * The header that says who calls. Hand it to the wire alone: it holds the credential.
 * @throws ToolError('secret_unavailable') for a credential that no header can carry
 */
export function credentialHeader(credentials: Credentials | undefined): Readonly<Record<string, string>> {
  if (!credentials) return {};
  if ('password' in credentials) {
    const pair = Buffer.from(`${credentials.user}:${credentials.password.expose()}`);
    return { authorization: `Basic ${pair.toString('base64')}` };
  }
  if ('token' in credentials) return { authorization: `Bearer ${printable(credentials.token.expose())}` };
  return { [credentials.header]: printable(credentials.value.expose()) };
}

/** Node would quote a value that it refuses, credential and all, in its error. */
function printable(value: string): string {
  if (/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value)) return value;
  throw new ToolError('secret_unavailable', 'the credential holds characters that no HTTP header can carry');
}

/** What an operator should be warned of, about the way that credentials take; undefined when nothing. */
export function warningOf({ base_url, credentials }: Resolved<HttpConnection>): string | undefined {
  const { protocol, hostname } = new URL(base_url);
  const isNear = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return credentials && protocol === 'http:' && !isNear
    ? 'credentials are sent over plain http to another machine; use https'
    : undefined;
}
