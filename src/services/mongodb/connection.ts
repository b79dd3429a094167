import { z } from 'zod';
import { secret, setting } from '../../toolset/define.ts';
import { CollectionPattern } from './names.ts';

const Host = z
  .string()
  .regex(
    /^([A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])$/,
    'a host name or an IP address',
  );
const Port = z.coerce.number().int().min(1).max(65_535);

/** Where a deployment is and who logs in. Nothing but the hosts named here is ever connected to. */
export const MongoConnection = z.strictObject({
  host: setting(Host).describe('Host name or IP address'),
  port: setting(Port).prefault(27_017),
  other_hosts: z
    .array(z.strictObject({ host: setting(Host), port: setting(Port).prefault(27_017) }))
    .max(50)
    .default([])
    .describe(
      'Every other member of the replica set, or every other mongos; members that are not named here are not used',
    ),
  replica_set: setting(z.string().regex(/^[^\p{Cc}/,]{1,100}$/u, 'the name of a replica set'))
    .optional()
    .describe('Name of the replica set that each host must belong to'),
  credentials: z
    .strictObject({
      user: setting(z.string().min(1)),
      password: secret(),
      auth_source: z
        .string()
        .regex(/^[\w-]{1,63}$/)
        .default('admin')
        .describe('Database that holds the account'),
      mechanism: z.enum(['SCRAM-SHA-256', 'SCRAM-SHA-1']).default('SCRAM-SHA-256'),
    })
    .optional(),
  tls: z
    .boolean()
    .optional()
    .describe(
      'Speak TLS; the certificate must be valid for the host. If absent: off for this machine alone, else on',
    ),
  ca_file: z
    .string()
    .min(1)
    .optional()
    .describe('PEM file of the authority to trust instead of the system’s'),
});
export type MongoConnection = z.output<typeof MongoConnection>;

/** A database, and which of its collections and views the tools reach. */
export const DatabaseEntry = z.strictObject({
  collections: z
    .array(CollectionPattern)
    .min(1)
    .max(200)
    .optional()
    .describe(
      'Names of collections and views, or beginnings of names with a * at the end; every one if absent',
    ),
});
export type DatabaseEntry = z.output<typeof DatabaseEntry>;
