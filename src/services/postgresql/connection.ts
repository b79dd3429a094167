import { z } from 'zod';
import { secret, setting } from '../../toolset/define.ts';

/** Where a PostgreSQL server is and who logs in. */
export const ConnectionSchema = z.strictObject({
  host: setting(z.string().min(1)).describe('Host name or address, or the folder of a Unix socket'),
  port: setting(z.coerce.number().int().min(1).max(65_535)).prefault(5432).describe('Port'),
  credentials: z
    .strictObject({ user: secret(), password: secret() })
    .describe('The role that Stackward logs in as'),
  ssl: z
    .enum(['disable', 'require', 'verify-full'])
    .optional()
    .describe(
      'verify-full: encrypted, and the certificate must be valid for the host. require: encrypted only. disable: plain. If absent: disable for a host on this machine, else verify-full',
    ),
  ca_file: z
    .string()
    .min(1)
    .optional()
    .describe('PEM file of the authority to trust instead of the system’s'),
});
export type Connection = z.output<typeof ConnectionSchema>;
