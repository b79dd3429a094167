import { mkdir } from 'node:fs/promises';
import type { AuditLog } from './audit-log.ts';
import { ChainWriter } from './chain-writer.ts';
import { holdChain } from './hold.ts';
import { openSigner, type Signer } from './keys.ts';
import { chainName, chainPath, listChains } from './layout.ts';
import { recoverChain, unknownOutcome } from './recover.ts';
import { Reserve } from './reserve.ts';
import { type OpenSegment, Segments } from './segments.ts';

export interface AuditLogOptions {
  /** The audit's folder; made when it is not there. Several processes may share it. */
  readonly dir: string;
  /** Records between two signed checkpoints. */
  readonly checkpointEvery?: number;
  /** Free bytes of the disk below which nothing new is recorded. */
  readonly reserveBytes?: number;
  /** Size in bytes at which a segment is full. */
  readonly maxSegmentBytes?: number;
  /** Hears what an operator should know: a torn tail, a damaged chain, a disk that fails and recovers. */
  readonly onReport?: (message: string) => void;
  /** Opens a segment's file; for tests that count flushes or make them fail. */
  readonly open?: OpenSegment;
}

type Settings = Required<Omit<AuditLogOptions, 'open'>> & Pick<AuditLogOptions, 'open'>;

/**
 * Opens the audit log for writing: the lowest chain that no living process holds, or a new one.
 *
 * Every chain whose process died is mended first: a torn tail is set aside and recorded as event `torn_tail`, and
 * each request without a response gets one with the outcome `outcome_unknown`. Throws when the folder cannot be used.
 */
export async function openAuditLog(options: AuditLogOptions): Promise<AuditLog> {
  const settings: Settings = {
    checkpointEvery: 1000,
    reserveBytes: 64 * 1024 * 1024,
    maxSegmentBytes: 256 * 1024 * 1024,
    onReport: () => {},
    ...options,
  };
  await mkdir(settings.dir, { recursive: true, mode: 0o700 });
  const signer = await openSigner(settings.dir);
  let own: ChainWriter | undefined;
  for (const chain of await listChains(settings.dir)) {
    const writer = await openChain(chain, settings, signer);
    if (own) await writer?.close();
    else own = writer;
  }
  return own ?? openNewChain(settings, signer);
}

async function openNewChain(settings: Settings, signer: Signer): Promise<AuditLog> {
  for (let number = (await listChains(settings.dir)).length + 1; ; number += 1) {
    const writer = await openChain(chainName(number), settings, signer);
    if (writer) return writer;
  }
}

/** Opens one chain, or returns undefined when it is held by a living process or damaged. */
async function openChain(
  chain: string,
  settings: Settings,
  signer: Signer,
): Promise<ChainWriter | undefined> {
  const chainDir = chainPath(settings.dir, chain);
  const hold = await holdChain(chainDir);
  if (!hold) return undefined;
  const recovered = await recoverChain(chainDir);
  if (typeof recovered === 'string') {
    settings.onReport(
      `audit chain ${chain} is damaged and stays as it is: ${recovered}; run stackward audit verify`,
    );
    await hold.release();
    return undefined;
  }
  const { end, orphans, events } = recovered;
  const segments = new Segments(chainDir, end, { maxBytes: settings.maxSegmentBytes, open: settings.open });
  const reserve = new Reserve(settings.dir, settings.reserveBytes);
  const { checkpointEvery, onReport } = settings;
  const writer = new ChainWriter({
    chain,
    chainDir,
    end,
    orphans,
    signer,
    hold,
    segments,
    reserve,
    checkpointEvery,
    onReport,
  });
  const mended = [...events, ...orphans.map(unknownOutcome)].map((record) => writer.append(record).durable);
  for (const { detail } of events)
    onReport(`audit chain ${chain} had a torn tail: ${JSON.stringify(detail)}`);
  if (orphans.length > 0)
    onReport(`audit chain ${chain}: ${orphans.length} calls ended with an unknown outcome`);
  await Promise.all(mended);
  await reserve.refresh();
  return writer;
}
