import { z } from 'zod';
import { secret, setting } from '../../toolset/define.ts';
import { Name, NamePattern } from './names.ts';

const BaseUrl = z
  .string()
  .refine(isBaseUrl, 'expected http(s)://host[:port][/path] without user, password, query or fragment')
  .describe('Where the management plugin listens, usually port 15672; without /api');

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '' && !/[?#@\\\s]/.test(text);
}

/** The fields of a topology component that say where its broker's management API is. */
export const RabbitConnection = z.strictObject({
  url: setting(BaseUrl),
  credentials: z.strictObject({
    user: setting(z.string().regex(/^[^:\p{Cc}]+$/u, 'a user name has no colon')),
    password: secret(),
  }),
});
export type RabbitConnection = z.output<typeof RabbitConnection>;

/**
 * A virtual host, and which of its queues and exchanges the tools reach.
 *
 * A list that is absent leaves all of that kind open; then what it holds is the broker's own business.
 */
export const VhostEntry = z.strictObject({
  vhost: Name.optional().describe('Name at the broker, such as "/"; the key of the entry if absent'),
  queues: z
    .array(NamePattern)
    .min(1)
    .max(200)
    .optional()
    .describe('Names of queues, or beginnings of names with a * at the end; every queue if absent'),
  exchanges: z
    .array(NamePattern)
    .min(1)
    .max(200)
    .optional()
    .describe('Names of exchanges, or beginnings with a * at the end; every exchange if absent'),
});
export type VhostEntry = z.output<typeof VhostEntry>;
