import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readOrMakeKey } from '../store/key-file.ts';
import { ToolError } from '../toolset/errors.ts';
import { parseJson } from '../toolset/http/failure.ts';
import { type Bound, bindingOf } from './binding.ts';
import type { ProposedWrite } from './rules.ts';
import { createDurably, isSameSeal, sealOf } from './sealed-file.ts';

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
/** What was diagnosed, as it lies in the data directory. */
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
  }): DiagnosisRecord;
  /** An unexpired diagnosis that proposes this very write, which was not made yet. Throws when they cannot be read. */
  find(bound: Bound): DiagnosisRecord | undefined;
  /** An unexpired diagnosis of a run, whether its writes were made or not. Throws when they cannot be read. */
  ofRun(principal: string, run: string): DiagnosisRecord | undefined;
  /** Uses up the write of a diagnosis: true at most once. */
  spend(bound: Bound): boolean;
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
 * Diagnoses as sealed files of `dir`. `ID.json` is what was diagnosed, `ID.N.used` marks its write N as made; each is
 * created exclusively, so of two processes one wins.
 */
export function openDiagnoses({
  dir,
  now = Date.now,
}: {
  readonly dir: string;
  readonly now?: () => number;
}): Diagnoses {
  const folder = join(dir, 'diagnoses');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const key = readOrMakeKey(join(dir, 'keys'), 'diagnoses');
  const path = (id: string, part: string) => join(folder, `${id}.${part}`);

  const read = (id: string): DiagnosisRecord | undefined => {
    const parsed = Stored.safeParse(parseJson(readFileSync(path(id, 'json'), 'utf8')));
    if (!parsed.success) return undefined;
    const { mac, ...record } = parsed.data;
    return isSameSeal(mac, sealOf(key, record)) && record.id === id ? record : undefined;
  };
  const ids = () =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length))
      .filter((id) => ID.test(id));
  const unexpired = () =>
    ids().flatMap((id) => {
      const record = read(id);
      return record && Date.parse(record.expires) > now() ? [record] : [];
    });
  const match = (bound: Bound) => {
    const binding = bindingOf(bound);
    for (const record of unexpired()) {
      if (record.principal !== bound.principal) continue;
      const at = record.writes.indexOf(binding);
      if (at >= 0 && !existsSync(path(record.id, `${at}.used`))) return { record, at };
    }
    return undefined;
  };
  const sweep = () => {
    for (const id of ids()) {
      const record = read(id);
      if (record && Date.parse(record.expires) > now()) continue;
      // The record goes first: without it a mark means nothing.
      rmSync(path(id, 'json'), { force: true });
      for (let at = 0; at < MOST_WRITES; at += 1) rmSync(path(id, `${at}.used`), { force: true });
    }
  };

  return {
    record({ run, principal, topology, hypothesis, confidence, writes }) {
      sweep();
      const record = Record.parse({
        id: randomBytes(12).toString('hex'),
        run,
        principal,
        hypothesis,
        confidence,
        writes: writes.map((write) => bindingOf({ ...write, principal, topology })),
        expires: new Date(now() + TTL_MS).toISOString(),
      });
      if (!createDurably(path(record.id, 'json'), JSON.stringify({ ...record, mac: sealOf(key, record) })))
        throw new ToolError('internal', 'a diagnosis of this number is there already');
      return record;
    },
    find: (bound) => match(bound)?.record,
    ofRun: (principal, run) => unexpired().find((one) => one.principal === principal && one.run === run),
    spend(bound) {
      const found = match(bound);
      return (
        found !== undefined &&
        createDurably(path(found.record.id, `${found.at}.used`), new Date(now()).toISOString())
      );
    },
  };
}
