import { z } from 'zod';
import type { Documents, StoredText } from '../store/documents.ts';
import type { Lease } from '../store/leases.ts';
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

/** One rollback as it is stored: written before each step begins, and after it ended. */
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

/** The journals of rollbacks, one document each. */
export interface Journals {
  /** Rejects with LeaseLost, changing nothing, once somebody else may hold the place for a rollback. */
  write(journal: Journal, under: { readonly lease: Lease }): Promise<void>;
  /** Throws ToolError('not_found') naming those there are. */
  read(id: string): Promise<Journal>;
  /** The rollback that was begun and neither ended nor abandoned, if there is one. */
  open(): Promise<Journal | undefined>;
}

export function openJournals(documents: Documents): Journals {
  const parse = ({ key: id, text }: StoredText): Journal => {
    try {
      return Journal.parse(JSON.parse(text));
    } catch (cause) {
      const detail = `the journal of the rollback ${id} is damaged; look at what it did in the audit, and move it away`;
      throw new ToolError('internal', detail, { cause });
    }
  };
  return {
    write: (journal, under) => documents.replace(journal.id, JSON.stringify(Journal.parse(journal)), under),
    async read(id) {
      const all = await documents.all();
      const found = all.find(({ key }) => key === id);
      if (found) return parse(found);
      const known = all.map(({ key }) => key).join(', ') || 'none';
      throw new ToolError('not_found', `there is no rollback ${id}; there are: ${known}`);
    },
    async open() {
      const all = (await documents.all()).map(parse);
      return all.find(({ ended, abandoned }) => ended === undefined && abandoned !== true);
    },
  };
}
