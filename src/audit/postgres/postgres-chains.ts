import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Chains, TakenChain } from '../chain-store.ts';
import { parseHead } from '../checkpoint.ts';
import { GENESIS, hashLine, parseLine } from '../line.ts';
import type { PlacedRequest } from '../record.ts';
import { ChainRows } from './chain-rows.ts';
import { readPages } from './pages.ts';
import type { AuditDatabase } from './replica.ts';

interface Row {
  readonly fence: string;
  readonly seq: string;
  readonly head: string;
  readonly open_from: string;
  readonly sealed: string | null;
}

/** A chain is free when nobody holds it, or its holder was silent too long by the server's clock. */
const FREE = `(holder is null or beat < clock_timestamp() - $2 * interval '1 millisecond')`;

/** The chains of a PostgreSQL. */
export function postgresChains(at: AuditDatabase): Chains {
  const { database, silentMs } = at;
  return {
    list: async () => chainNames(at),
    // One that was let go was mended before.
    abandoned: async () =>
      (
        await database.query<{ chain: string }>(
          `select chain from audit_chain where holder is not null
           and beat < clock_timestamp() - $1 * interval '1 millisecond' order by length(chain), chain`,
          [silentMs],
        )
      ).map(({ chain }) => chain),
    async take(chain): Promise<TakenChain | string | undefined> {
      await database.query(
        `insert into audit_chain (chain, fence, beat, seq, head, open_from)
         values ($1, 0, clock_timestamp(), 0, $2, 1) on conflict do nothing`,
        [chain, GENESIS],
      );
      const holder = `${hostname()}/${process.pid}/${randomBytes(6).toString('hex')}`;
      const [row] = await database.query<Row>(
        `update audit_chain set fence = fence + 1, holder = $3, beat = clock_timestamp()
         where chain = $1 and ${FREE} returning fence, seq, head, open_from, sealed`,
        [chain, silentMs, holder],
      );
      if (!row) return undefined;
      const store = new ChainRows(at, {
        chain,
        holder,
        fence: Number(row.fence),
        end: { seq: Number(row.seq), head: row.head },
      });
      const found = await recover(at, chain, row).catch(async (error: unknown) => {
        await store.close();
        throw error;
      });
      if (typeof found !== 'string') return { ...found, store };
      await store.close();
      return found;
    },
  };
}

/** Names of all chains, lowest first. */
export const chainNames = async ({ database }: Pick<AuditDatabase, 'database'>): Promise<readonly string[]> =>
  (
    await database.query<{ chain: string }>('select chain from audit_chain order by length(chain), chain')
  ).map(({ chain }) => chain);

/** What has to be recorded first in a chain that was just taken, or why nothing may be. */
async function recover(
  at: AuditDatabase,
  chain: string,
  row: Row,
): Promise<Omit<TakenChain, 'store'> | string> {
  const seq = Number(row.seq);
  const sealed = row.sealed === null ? undefined : parseHead(row.sealed);
  const [last] = await at.database.query<{ seq: string; line: string }>(
    'select seq, line from audit_record where chain = $1 order by seq desc limit 1',
    [chain],
  );
  if (Number(last?.seq ?? 0) !== seq) return `its last record is ${last?.seq ?? 0} and should be ${seq}`;
  if ((last ? hashLine(Buffer.from(last.line)) : GENESIS) !== row.head)
    return `record ${seq} is not the one that was written last`;
  if (sealed === 'damaged') return 'its head is damaged';
  if (sealed && sealed.seq > seq) return `records after ${seq} are missing, up to ${sealed.seq} at least`;
  const orphans = new Map<string, PlacedRequest>();
  for await (const lines of readPages(at, chain, { fromSeq: Number(row.open_from) })) {
    for (const { bytes } of lines) {
      const record = parseLine(bytes);
      if (record?.kind === 'request') orphans.set(record.call, record);
      if (record?.kind === 'response') orphans.delete(record.call);
    }
  }
  const end = { seq, head: row.head, checkpoint: sealed?.seq ?? 0 };
  return { end, orphans: [...orphans.values()], events: [] };
}
