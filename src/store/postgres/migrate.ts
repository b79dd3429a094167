import { createHash } from 'node:crypto';
import { StoreError } from '../documents.ts';
import type { Database, Statements } from './database.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';

/** One number for all of Stackward's migrations; whoever holds it migrates alone. */
const LOCK = 7_825_221_001;

interface Applied {
  readonly number: number;
  readonly name: string;
  readonly sha256: string;
  readonly works_from: number;
}

/**
 * Brings the schema up to what this release knows, making it when it is not there; of several replicas that start at
 * once, one does it. Returns the steps that were applied just now.
 *
 * Throws StoreError when a step that was applied is not the one that this release knows, or when a newer release
 * has changed the schema in a way that this one cannot work with.
 */
export async function migrate(
  database: Database,
  schema: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<readonly Migration[]> {
  return database.transaction(async (statements) => {
    await statements.query('select pg_advisory_xact_lock($1)', [LOCK]);
    await statements.query(`create schema if not exists ${schema}`);
    await statements.query(`
      create table if not exists migration (
        number int primary key,
        name text not null,
        sha256 text not null,
        works_from int not null,
        applied timestamptz not null default clock_timestamp()
      )`);
    const applied = await statements.query<Applied>(APPLIED);
    assertKnown(applied, migrations);
    const due = migrations.slice(applied.length);
    for (const one of due) await apply(statements, one);
    return due;
  });
}

/** Throws StoreError unless the schema has every step that this release needs, and none that it cannot work with. */
export async function assertMigrated(
  database: Statements,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  const [found] = await database.query<{ there: boolean }>(
    "select to_regclass('migration') is not null as there",
  );
  const applied = found?.there ? await database.query<Applied>(APPLIED) : [];
  assertKnown(applied, migrations);
  const due = migrations[applied.length];
  if (due)
    throw new StoreError(
      `the database's schema lacks step ${due.number} ('${due.name}'); run stackward migrate, or start without --no-migrate`,
    );
}

const APPLIED = 'select number, name, sha256, works_from from migration order by number';

async function apply(statements: Statements, { number, name, sql, worksFrom }: Migration): Promise<void> {
  await statements.query(sql);
  await statements.query('insert into migration (number, name, sha256, works_from) values ($1, $2, $3, $4)', [
    number,
    name,
    digestOf(sql),
    worksFrom,
  ]);
}

function assertKnown(applied: readonly Applied[], migrations: readonly Migration[]): void {
  const newest = migrations.length;
  for (const { number, name, sha256, works_from } of applied) {
    const known = migrations[number - 1];
    if (known && (known.name !== name || digestOf(known.sql) !== sha256))
      throw new StoreError(
        `step ${number} of the database's schema is '${name}' and not this release's '${known.name}'; it belongs to another build, or was changed by hand`,
      );
    if (!known && works_from > newest)
      throw new StoreError(
        `a newer release has changed the database's schema (step ${number}, '${name}'); this one works up to step ${newest}, so replace it by that release`,
      );
  }
}

const digestOf = (sql: string): string => createHash('sha256').update(sql).digest('hex');
