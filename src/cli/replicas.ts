import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publishKey, signerOf } from '../audit/keys.ts';
import { databaseIn } from '../open-stores.ts';
import { createKeys, SIGNING_KEY } from '../store/keys.ts';
import { openDatabase } from '../store/postgres/database.ts';
import { migrate } from '../store/postgres/migrate.ts';
import {
  EXIT,
  envOf,
  type TopologyOptions,
  UsageError,
  type World,
  writeJson,
  writeLine,
} from './command.ts';

/**
 * `stackward keys create`: a folder with every key, which all replicas are given, and the public part of the one that
 * signs the audit, by which auditors verify.
 */
export async function createKeysIn(
  dir: string,
  options: Pick<TopologyOptions, 'json'>,
  world: World,
): Promise<number> {
  const files = createKeys(dir);
  const signer = signerOf(await readFile(join(dir, SIGNING_KEY), 'utf8'));
  const published = await publishKey(dir, signer);
  if (options.json) writeJson(world.stdout, { dir, files, public: published, fingerprint: signer.key });
  else {
    writeLine(
      world.stdout,
      `made ${files.join(', ')} in ${dir}; give them to every replica, and keep a copy`,
    );
    writeLine(
      world.stdout,
      `${published} is public: keep it where the replicas cannot write, for stackward audit verify --public-key`,
    );
  }
  return EXIT.ok;
}

/** `stackward migrate`: the steps that the database lacked, by name. */
export async function migrateDatabase(options: TopologyOptions, world: World): Promise<number> {
  const place = databaseIn(envOf(options, world));
  if (!place)
    throw new UsageError('name the database in STACKWARD_DATABASE_URL or STACKWARD_DATABASE_URL_FILE');
  const database = await openDatabase(place);
  try {
    const applied = (await migrate(database, place.schema)).map(({ number, name }) => ({ number, name }));
    if (options.json) writeJson(world.stdout, { schema: place.schema, applied });
    else if (applied.length === 0) writeLine(world.stdout, `the schema ${place.schema} is up to date`);
    for (const { number, name } of options.json ? [] : applied)
      writeLine(world.stdout, `applied step ${number}: ${name}`);
    return EXIT.ok;
  } finally {
    await database.close();
  }
}
