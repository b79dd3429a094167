import { z } from 'zod';
import { defineService, secret, setting } from '../../toolset/define.ts';
import { advise } from './advise.ts';
import { PrefixEntry } from './prefix.ts';
import type { RedisTypes } from './tool.ts';
import { tools } from './tools/index.ts';

/** Where a server is. `database` is the number that SELECT takes. */
export const RedisConnection = z.strictObject({
  host: setting(z.string().min(1)).describe('Host name or IP address'),
  port: setting(z.coerce.number().int().min(1).max(65_535)).prefault(6379),
  credentials: z
    .strictObject({
      user: setting(z.string().min(1)).optional().describe('ACL user; `default` if absent'),
      password: secret().optional(),
    })
    .optional(),
  tls: z.boolean().default(false).describe('Speak TLS; the certificate must be valid for the host'),
  database: z.number().int().min(0).max(65_535).default(0).describe('Number of the logical database'),
});
export type RedisConnection = z.output<typeof RedisConnection>;

export const redis = defineService<RedisTypes, typeof RedisConnection>({
  type: 'redis',
  layer: 'data',
  prefix: 'redis',
  title: 'Redis or Valkey',
  description: 'A Redis (6.2 or later) or Valkey server, reached by key prefixes',
  connection: RedisConnection,
  subComponents: {
    key: 'prefixes',
    singular: 'key prefix',
    entry: PrefixEntry,
    narrowable: [],
    required: true,
  },
  links: {
    uses: { description: 'keeps data under the prefixes' },
    caches_in: { description: 'keeps a cache under the prefixes' },
    operates: { description: 'looks after the server and its keys' },
    observes: { description: 'looks, and never changes', access: 'read' },
  },
  tools,
  connect: async () => (await import('./connect.ts')).connector,
  advise,
});
