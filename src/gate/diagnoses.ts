import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Documents } from '../store/documents.ts';
import { ToolError } from '../toolset/errors.ts';
import { parseJson } from '../toolset/http/failure.ts';
import { type Bound, bindingOf } from './binding.ts';
import type { ProposedWrite } from './rules.ts';
import { isSameSeal, sealOf } from './seal.ts';

const ID = /^[0-9a-f]{24}$/;
/** Long enough for a write, the watch over its heal and its way back. Milliseconds. */
const TTL_MS = 30 * 60_000;
/** A diagnosis proposes one action and its way back. */
const MOST_WRITES = 2;

const Record = z.strictObject({
  id: z.string().regex(ID),
  run: z.string(),
  principal: z.string(),
  hypothesis: z.string(),
  confidence: z.number().min(0).max(1),
  /** SHA-256 over principal, tool, target, arguments and topology, one for each write that it proposes. */
  writes: z.array(z.string()).min(1).max(MOST_WRITES),
  expires: z.iso.datetime(),
});
/** What was diagnosed, as it lies in the store. */
export type DiagnosisRecord = z.output<typeof Record>;
const Stored = Record.extend({ mac: z.string() });

/** A write that a diagnosis proposes. */
export type DiagnosedWrite = Omit<Bound, 'principal' | 'topology'>;

export interface Diagnoses {
  /**
   * Records a diagnosis that passed the triage's own gate. No tool reaches this: a model cannot record for itself.
   * Throws when it cannot be kept.
   */
  record(diagnosis: {
    readonly run: string;
    readonly principal: string;
    readonly topology: string;
    readonly hypothesis: string;
    readonly confidence: number;
    /** The action, and its way back. */
    readonly writes: readonly DiagnosedWrite[];
  }): Promise<DiagnosisRecord>;
  /** An unexpired diagnosis that proposes this very write, which was not made yet. Throws when they cannot be read. */
  find(bound: Bound): Promise<DiagnosisRecord | undefined>;
  /** An unexpired diagnosis of a run, whether its writes were made or not. Throws when they cannot be read. */
  ofRun(principal: string, run: string): Promise<DiagnosisRecord | undefined>;
  /** Uses up the write of a diagnosis: true at most once over all replicas. */
  spend(bound: Bound): Promise<boolean>;
}

/** Whether a write must match a recorded diagnosis: its agent says so, and it does more than tell people something. */
export const isHeldToDiagnosis = ({ catalog, tool }: Pick<ProposedWrite, 'catalog' | 'tool'>): boolean =>
  tool.informs !== true &&
  catalog.graph.components.get(catalog.principal)?.connection.requires === 'diagnosis';

/** What an approval and a diagnosis are bound to. */
export const boundOf = ({ catalog, tool, at, args }: ProposedWrite): Bound => ({
  principal: catalog.principal,
  tool: tool.name,
  target: at.target.name,
  args,
  topology: catalog.graph.hash,
});

/**
 * Sealed diagnoses. `ID` is what was diagnosed, `ID.N.used` marks its write N as made; each is created where none may
 * be, so of two processes or replicas one wins.
 */
export function openDiagnoses(
  documents: Documents,
  { key, now = Date.now }: { readonly key: Buffer; readonly now?: () => number },
): Diagnoses {
  const readAll = async () => {
    const texts = new Map((await documents.all()).map(({ key: name, text }) => [name, text]));
    const ids = [...texts.keys()].filter((id) => ID.test(id));
    return { texts, records: ids.map((id) => ({ id, record: recordIn(texts, id, key) })) };
  };
  const isLive = (record: DiagnosisRecord | undefined): record is DiagnosisRecord =>
    record !== undefined && Date.parse(record.expires) > now();
  const match = async (bound: Bound) => {
    const binding = bindingOf(bound);
    const { texts, records } = await readAll();
    for (const { record } of records) {
      if (!isLive(record) || record.principal !== bound.principal) continue;
      const at = record.writes.indexOf(binding);
      if (at >= 0 && !texts.has(`${record.id}.${at}.used`)) return { record, at };
    }
    return undefined;
  };
  const sweep = async () => {
    for (const { id, record } of (await readAll()).records) {
      if (isLive(record)) continue;
      // The record goes first: without it a mark means nothing.
      await documents.remove(id);
      for (let at = 0; at < MOST_WRITES; at += 1) await documents.remove(`${id}.${at}.used`);
    }
  };

  return {
    async record({ run, principal, topology, hypothesis, confidence, writes }) {
      await sweep();
      const record = Record.parse({
        id: randomBytes(12).toString('hex'),
        run,
        principal,
        hypothesis,
        confidence,
        writes: writes.map((write) => bindingOf({ ...write, principal, topology })),
        expires: new Date(now() + TTL_MS).toISOString(),
      });
      if (!(await documents.create(record.id, JSON.stringify({ ...record, mac: sealOf(key, record) }))))
        throw new ToolError('internal', 'a diagnosis of this number is there already');
      return record;
    },
    find: async (bound) => (await match(bound))?.record,
    async ofRun(principal, run) {
      const { records } = await readAll();
      return records
        .map(({ record }) => record)
        .filter(isLive)
        .find((one) => one.principal === principal && one.run === run);
    },
    async spend(bound) {
      const found = await match(bound);
      return (
        found !== undefined &&
        (await documents.create(`${found.record.id}.${found.at}.used`, new Date(now()).toISOString()))
      );
    },
  };
}

/** One record of a collection; undefined for one that was not sealed with this key. */
function recordIn(texts: ReadonlyMap<string, string>, id: string, key: Buffer): DiagnosisRecord | undefined {
  const parsed = Stored.safeParse(parseJson(texts.get(id) ?? ''));
  if (!parsed.success) return undefined;
  const { mac, ...record } = parsed.data;
  return isSameSeal(mac, sealOf(key, record)) && record.id === id ? record : undefined;
}
