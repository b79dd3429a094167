import { mkdirSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile, sweepLeftovers } from '../store/files/durable-file.ts';
import type { JsonValue } from '../toolset/define.ts';
import { ToolError } from '../toolset/errors.ts';

const Count = z.number().int().nonnegative();
const Json: z.ZodType<JsonValue> = z.json();

/** One reconciler that is held still before a step. `begun` is written before the call, so that none is forgotten. */
const Pause = z.strictObject({
  name: z.string(),
  tool: z.string(),
  args: z.record(z.string(), Json),
  state: z.string(),
  held: z.enum(['waiting', 'begun', 'paused', 'resumed']),
});
export type JournalPause = z.output<typeof Pause>;

const Step = z.strictObject({
  of: Count,
  how: z.enum(['revert', 'redo']),
  tool: z.string(),
  target: z.string(),
  component: z.string(),
  resources: z.array(z.string()),
  wave: Count,
  pauses: z.array(Pause).exactOptional(),
  state: z.enum(['waiting', 'running', 'done']),
  result: z.enum(['restored', 'restored_unverified', 'failed']).exactOptional(),
  detail: z.string().exactOptional(),
  /** Id of the call that did it. */
  call: z.string().exactOptional(),
});
export type JournalStep = z.output<typeof Step>;

/** One rollback as it lies on the disk: written before each step begins, and after it ended. */
export const Journal = z.strictObject({
  id: z.string().regex(/^r\d+$/),
  to: Count,
  from: Count,
  component: z.string().exactOptional(),
  principal: z.string(),
  by: z.string(),
  started: z.iso.datetime(),
  /** The version that was made of the stack before the first step. */
  snapshot: Count,
  steps: z.array(Step),
  not_reversible: z.array(
    z.strictObject({
      of: Count,
      tool: z.string(),
      target: z.string(),
      resources: z.array(z.string()),
      why: z.string(),
    }),
  ),
  topology: z.enum(['unchanged', 'waiting', 'restored', 'failed']),
  topology_detail: z.string().exactOptional(),
  /** Versions of writes and edits that came while it ran, and stand. */
  meanwhile: z.array(Count).exactOptional(),
  ended: z.iso.datetime().exactOptional(),
  abandoned: z.boolean().exactOptional(),
});
export type Journal = z.output<typeof Journal>;

/** The journals of a data directory, one file a rollback. */
export interface Journals {
  write(journal: Journal): Promise<void>;
  /** Throws ToolError('not_found') naming those there are. */
  read(id: string): Promise<Journal>;
  /** The rollback that was begun and neither ended nor abandoned, if there is one. */
  open(): Promise<Journal | undefined>;
}

export function openJournals(dir: string): Journals {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  void sweepLeftovers(dir);
  const path = (id: string) => join(dir, `${id}.json`);
  const ids = async () =>
    (await readdir(dir)).flatMap((name) => (/^r\d+\.json$/.test(name) ? [name.replace('.json', '')] : []));
  const load = async (id: string) => {
    try {
      return Journal.parse(JSON.parse(await readFile(path(id), 'utf8')));
    } catch (cause) {
      const detail = `the journal of the rollback ${id} is damaged; look at what it did in the audit, and move ${path(id)} away`;
      throw new ToolError('internal', detail, { cause });
    }
  };
  return {
    write: (journal) => replaceFile(path(journal.id), JSON.stringify(Journal.parse(journal)), 0o600),
    async read(id) {
      const known = await ids();
      if (!known.includes(id))
        throw new ToolError(
          'not_found',
          `there is no rollback ${id}; there are: ${known.join(', ') || 'none'}`,
        );
      return load(id);
    },
    async open() {
      const all = await Promise.all((await ids()).map(load));
      return all.find(({ ended, abandoned }) => ended === undefined && abandoned !== true);
    },
  };
}
