import { z } from 'zod';

/** A name of a table or column. It is quoted wherever it is put into a statement. */
const Name = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'a name holds no control character');

/** Databases of the server's own, which no link can reach. */
const OWN_DATABASES = /^(system|information_schema|_temporary_and_external_tables)$/i;

export const isOwnDatabase = (name: string): boolean => OWN_DATABASES.test(name);

/** `.inner.` tables hold the rows of a materialized view and are reached through it alone. */
export const TableName = Name.refine(
  (name) => !name.startsWith('.'),
  'inner tables are reached by their view',
);
export const ColumnName = Name;

/** A table, or the beginning of names with one * at its end. */
export const TablePattern = TableName.refine(
  (name) => name !== '*',
  'leave the list out to reach every table',
).refine((name) => !name.slice(0, -1).includes('*'), 'a * stands at the end alone');

/** Whether a table's name fits one pattern of a topology. */
export const fits = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
