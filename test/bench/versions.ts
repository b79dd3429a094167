import { readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileStores } from '../../src/store/files/stores.ts';
import { diffVersions, listVersions } from '../../src/versions/look.ts';
import { openVersions } from '../../src/versions/versions.ts';
import { round, summarise, timed } from './statistics.ts';

const COMPONENTS = 100;
const LOOKS = 200;

const sizeOf = (dir: string): number =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(dir, name)))
    .reduce((sum, found) => sum + (found.isFile() ? found.size : 0), 0);

/** Listing and comparing in a short history and in a long one, and what a version costs in which nothing changed. */
export async function benchVersions() {
  const rows = [];
  for (const versions of [10, 10_000]) rows.push(await one(versions));
  return rows;
}

async function one(count: number) {
  const dir = await mkdtemp(join(tmpdir(), 'stackward-bench-versions-'));
  try {
    const moment = {
      topology: () => ({ text: 'stack: bench\n'.repeat(200), hash: 'h' }),
      secrets: () => ({}),
    };
    const store = await openVersions({ stores: openFileStores(dir), moment });
    const app = (n: number, image: string) =>
      [`c${n}`, { configuration: { app: { image, env: 'x'.repeat(500) } } }] as const;
    const made = { cause: 'snapshot', by: 'bench' } as const;
    await store.record(made, new Map(Array.from({ length: COMPONENTS }, (_, n) => app(n, 'app:0'))));
    for (let n = 1; n < count; n++) await store.record(made, new Map([app(n % COMPONENTS, `app:${n}`)]));
    const before = sizeOf(dir);
    for (let n = 0; n < 5; n++) await store.record(made, new Map([app(1, 'app:same')]));
    const afterFirst = sizeOf(dir);
    for (let n = 0; n < 5; n++) await store.record(made, new Map([app(1, 'app:same')]));
    const [listing, comparing]: [number[], number[]] = [[], []];
    for (let n = 0; n < LOOKS; n++) {
      listing.push(await timed(() => listVersions(store, { limit: 10 })));
      comparing.push(await timed(() => diffVersions(store, 2, count)));
    }
    return {
      versions: count,
      list: summarise(listing),
      diff: summarise(comparing),
      bytes: before,
      unchanged_version_bytes: round((sizeOf(dir) - afterFirst) / 5),
    };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
