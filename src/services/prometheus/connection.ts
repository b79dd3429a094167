import { z } from 'zod';
import { secret, setting } from '../../toolset/define.ts';
import { isEncodable } from './promql/string-literal.ts';
import { LABEL_NAME } from './promql/vocabulary.ts';

const BaseUrl = z
  .string()
  .refine(isBaseUrl, 'expected http(s)://host[:port][/path] without user, password, query or fragment')
  .describe('Where the HTTP API is; a path prefix, as of Mimir or Thanos, is kept');

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '' && !/[?#@\\\s]/.test(text);
}

/** Mimir's own rule for tenant names; `|` joins several. */
const Tenant = z
  .string()
  .regex(/^[A-Za-z0-9!_.*'()|-]{1,150}$/, "a tenant has letters, digits and !-_.*'()| only")
  .describe('Sent as X-Scope-OrgID, for Mimir and Thanos');

/** The fields of a topology component that say where its Prometheus is. */
export const PrometheusConnection = z.strictObject({
  url: setting(BaseUrl),
  credentials: z
    .union([
      z.strictObject({ token: secret() }),
      z.strictObject({
        user: setting(z.string().regex(/^[^:\p{Cc}]+$/u, 'a user name has no colon')),
        password: secret(),
      }),
    ])
    .optional()
    .describe('A bearer token, or user and password'),
  tenant: setting(Tenant).optional(),
});
export type PrometheusConnection = z.output<typeof PrometheusConnection>;

const ScopeLabel = z
  .string()
  .max(200)
  .regex(LABEL_NAME, 'a label name has letters, digits and _ only')
  .refine((name) => !name.startsWith('__'), 'labels that start with __ do not scope series');
const ScopeValue = z.string().min(1).max(500).refine(isEncodable, 'a label value holds no NUL');

/** A label scope: series carry every one of these labels with just this value, or stay out of sight. */
export const LabelScope = z.strictObject({
  labels: z
    .record(ScopeLabel, ScopeValue)
    .refine(
      (labels) => Object.keys(labels).length > 0,
      'name at least one label; an empty scope hides nothing',
    ),
});
export type LabelScope = z.output<typeof LabelScope>;
