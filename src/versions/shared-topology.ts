import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isSameSeal, sealOf } from '../gate/seal.ts';
import type { Documents } from '../store/documents.ts';

const Edit = z.strictObject({
  number: z.int().positive(),
  /** SHA-256 of the text, hex. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  text: z.string(),
  /** The replica that put it in force. */
  by: z.string(),
  at: z.iso.datetime(),
});

const Stored = Edit.extend({ mac: z.string() });

/** One edit of the topology that replicas share; it is never changed, only followed by the next. */
export type TopologyEdit = z.output<typeof Edit>;

/**
 * The topology that is in force for every replica, as a row of edits. The file of a replica is where an edit comes
 * from; which edit holds is what the store says.
 */
export interface SharedTopology {
  /** Undefined before the first. Throws an Error for one that is not as it was written. */
  latest(): Promise<TopologyEdit | undefined>;
  /** Whether an edit is still the latest: cheap, and asked right before each write. */
  isLatest(number: number): Promise<boolean>;
  /** Every edit, the first first. Throws like `latest`. */
  edits(): Promise<readonly TopologyEdit[]>;
  /** Whether a text of this hash was ever in force. */
  wasInForce(hash: string): Promise<boolean>;
  /** Puts a text in force after the edit `after`, 0 for none. Undefined when somebody else's edit came first. */
  apply(text: string, after: number): Promise<TopologyEdit | undefined>;
}

/**
 * Opens it over a collection. Each edit is sealed with a key that replicas share: who can write the store alone opens
 * nothing.
 * @param at names this replica to people
 */
export function openSharedTopology(
  documents: Documents,
  { at, key }: { readonly at: string; readonly key: Buffer },
): SharedTopology {
  const parse = (text: string | undefined, place: string): TopologyEdit => {
    const { mac, ...edit } = readStored(text, place);
    if (keyOf(edit.number) === place && hashOf(edit.text) === edit.hash && isSameSeal(mac, sealOf(key, edit)))
      return edit;
    throw damaged(place);
  };
  const edits = async () => (await documents.all()).map(({ key: place, text }) => parse(text, place));
  return {
    edits,
    async latest() {
      const place = await documents.last();
      return place === undefined ? undefined : parse(await documents.read(place), place);
    },
    isLatest: async (number) => !(await documents.has(keyOf(number + 1))),
    wasInForce: async (hash) => (await edits()).some((edit) => edit.hash === hash),
    async apply(text, after) {
      const edit: TopologyEdit = {
        number: after + 1,
        hash: hashOf(text),
        text,
        by: at,
        at: new Date().toISOString(),
      };
      const sealed = JSON.stringify({ ...edit, mac: sealOf(key, edit) });
      return (await documents.create(keyOf(edit.number), sealed)) ? edit : undefined;
    },
  };
}

const keyOf = (number: number): string => String(number).padStart(8, '0');
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const damaged = (place: string) =>
  new Error(`edit ${Number(place)} of the shared topology is not as it was written`);

function readStored(text: string | undefined, place: string): z.output<typeof Stored> {
  try {
    return Stored.parse(JSON.parse(text ?? ''));
  } catch {
    throw damaged(place);
  }
}
