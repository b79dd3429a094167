import { readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileStores } from '../../src/store/files/stores.ts';
import { openPostgresStores } from '../../src/store/postgres/stores.ts';
import type { Stores } from '../../src/store/stores.ts';
import { diffVersions, listVersions, readVersion } from '../../src/versions/look.ts';
import { openVersions } from '../../src/versions/versions.ts';
import { makeDatabase } from '../harness/replicas.ts';
import type { Lab } from './lab.ts';
import type { Bench } from './part.ts';
import { round, summarise, timed } from './statistics.ts';

const COMPONENTS = 100;
const LOOKS = 200;
const LONG = Number(process.env.BENCH_VERSIONS ?? 10_000);

const sizeOf = (dir: string): number =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(dir, name)))
    .reduce((sum, found) => sum + (found.isFile() ? found.size : 0), 0);

interface Engine {
  readonly stores: Stores;
  /** Bytes that it takes on its disk. */
  bytes(): Promise<number>;
  close(): Promise<void>;
}

const ENGINES = { folder: openFolder, PostgreSQL: openPostgres } as const;

/** Listing, reading and comparing in a short history and in a long one, and what a version costs in which nothing changed. */
export async function benchVersions({ say, progress, lab }: Bench) {
  const rows = [];
  for (const engine of ['folder', 'PostgreSQL'] as const)
    for (const versions of [10, LONG]) {
      progress(`${versions} versions in ${engine}`);
      const row = await one(engine, versions, lab);
      rows.push(row);
      const { list, read, diff, bytes, unchanged_version_bytes: unchanged } = row;
      say(
        `${engine}, ${versions} versions: list of 10 p50 ${list.p50}, p99 ${list.p99}; one p50 ${read.p50}, p99 ${read.p99}; diff p50 ${diff.p50}, p99 ${diff.p99}; ${bytes} bytes, ${unchanged} more for one in which nothing changed`,
      );
    }
  return rows;
}

async function openFolder(): Promise<Engine> {
  const dir = await mkdtemp(join(tmpdir(), 'stackward-bench-versions-'));
  return {
    stores: openFileStores(dir),
    bytes: async () => sizeOf(dir),
    close: () => rm(dir, { recursive: true, force: true }),
  };
}

async function openPostgres({ admin }: Lab): Promise<Engine> {
  const direct = await makeDatabase(admin, 'bench_versions');
  const { user, password, port } = admin;
  const url = `postgresql://${user}:${password}@127.0.0.1:${port}/bench_versions`;
  const stores = await openPostgresStores({ url, schema: 'stackward', migrates: true });
  return {
    stores,
    async bytes() {
      const { rows } = await direct.query<{ bytes: string }>(
        `select sum(pg_column_size(document.*)) as bytes from stackward.document`,
      );
      return Number(rows[0]?.bytes);
    },
    async close() {
      await stores.close();
      await direct.end();
    },
  };
}

async function one(engine: keyof typeof ENGINES, count: number, lab: Bench['lab']) {
  const { stores, bytes, close } = await ENGINES[engine](await lab());
  try {
    const moment = {
      topology: () => ({ text: 'stack: bench\n'.repeat(200), hash: 'h' }),
      secrets: () => ({}),
    };
    const store = await openVersions({ stores, moment });
    const app = (n: number, image: string) =>
      [`c${n}`, { configuration: { app: { image, env: 'x'.repeat(500) } } }] as const;
    const made = { cause: 'snapshot', by: 'bench' } as const;
    await store.record(made, new Map(Array.from({ length: COMPONENTS }, (_, n) => app(n, 'app:0'))));
    for (let n = 1; n < count; n++) await store.record(made, new Map([app(n % COMPONENTS, `app:${n}`)]));
    const before = await bytes();
    for (let n = 0; n < 5; n++) await store.record(made, new Map([app(1, 'app:same')]));
    const afterFirst = await bytes();
    for (let n = 0; n < 5; n++) await store.record(made, new Map([app(1, 'app:same')]));
    const [listing, reading, comparing]: [number[], number[], number[]] = [[], [], []];
    for (let n = 0; n < LOOKS; n++) {
      listing.push(await timed(() => listVersions(store, { limit: 10 })));
      reading.push(await timed(() => readVersion(store, 1 + (n % count))));
      comparing.push(await timed(() => diffVersions(store, 2, count)));
    }
    return {
      engine,
      versions: count,
      list: summarise(listing),
      read: summarise(reading),
      diff: summarise(comparing),
      bytes: before,
      unchanged_version_bytes: round(((await bytes()) - afterFirst) / 5),
    };
  } finally {
    await close();
  }
}
