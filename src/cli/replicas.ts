import { databaseIn } from '../open-stores.ts';
import { createKeys } from '../store/keys.ts';
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

/** `stackward keys create`: a folder with every key, which all replicas are given. */
export async function createKeysIn(
  dir: string,
  options: Pick<TopologyOptions, 'json'>,
  world: World,
): Promise<number> {
  const files = createKeys(dir);
  if (options.json) writeJson(world.stdout, { dir, files });
  else
    writeLine(
      world.stdout,
      `made ${files.join(', ')} in ${dir}; give them to every replica, and keep a copy`,
    );
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
