import { z } from 'zod';
import { secret, setting } from '../../toolset/define.ts';
import { BaseUrl } from '../../toolset/http/connection.ts';
import { ColumnName, TableName, TablePattern } from './names.ts';

/** The fields of a topology component that say where its ClickHouse is. */
export const ClickHouseConnection = z.strictObject({
  url: setting(BaseUrl.describe('Where the HTTP interface listens, usually port 8123 or 8443')),
  credentials: z.strictObject({
    user: setting(z.string().regex(/^[^:\p{Cc}]+$/u, 'a user name has no colon')),
    password: secret(),
  }),
});
export type ClickHouseConnection = z.output<typeof ClickHouseConnection>;

/** A database, and which of its tables the tools reach. */
export const DatabaseEntry = z.strictObject({
  tables: z
    .array(TablePattern)
    .min(1)
    .max(200)
    .optional()
    .describe('Tables and views, or beginnings of names with a * at the end; every one if absent'),
  keys: z
    .record(TableName, ColumnName)
    .optional()
    .describe(
      'For tables whose rows have a column of their own: its name. clickhouse_insert_keyed takes rows of these tables back by it',
    ),
});
export type DatabaseEntry = z.output<typeof DatabaseEntry>;
