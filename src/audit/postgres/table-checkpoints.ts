import type { Statements } from '../../store/postgres/database.ts';
import {
  type AllCheckpoint,
  type ChainHead,
  makeAllCheckpoint,
  parseAllCheckpoint,
} from '../all-checkpoint.ts';
import type { AddCheckpoint } from '../checkpoint-keeper.ts';
import type { Signer } from '../keys.ts';
import type { AuditDatabase } from './replica.ts';

export interface TableCheckpointsParts {
  readonly at: Pick<AuditDatabase, 'database'>;
  readonly signer: Signer;
  readonly onReport: (message: string) => void;
}

/** Adds checkpoints over all chains to the table of them; of several replicas one at a time, under an advisory lock. */
export function tableCheckpoints({ at, signer, onReport }: TableCheckpointsParts): AddCheckpoint {
  const reported = new Set<string>();
  return () =>
    at.database.transaction(async (statements) => {
      const [lock] = await statements.query<{ mine: boolean }>(
        `select pg_try_advisory_xact_lock(hashtextextended(current_schema() || '.audit_checkpoint', 0)) as mine`,
      );
      if (!lock?.mine) return 'busy';
      const [before] = await statements.query<{ number: string; line: string }>(
        'select number, line from audit_checkpoint order by number desc limit 1',
      );
      const known = before && parseAllCheckpoint(before.line);
      const heads = await headsOf(statements);
      if (heads.length === 0 || JSON.stringify(heads) === JSON.stringify(known?.chains)) return undefined;
      for (const fault of faultsOf(known, heads)) {
        if (!reported.has(fault)) onReport(`${fault}; run stackward audit verify`);
        reported.add(fault);
      }
      const number = Number(before?.number ?? 0) + 1;
      const line = makeAllCheckpoint(signer, before && { number: number - 1, line: before.line }, heads);
      await statements.query('insert into audit_checkpoint (number, line) values ($1, $2)', [number, line]);
      return { number, line };
    });
}

async function headsOf(statements: Statements): Promise<readonly ChainHead[]> {
  const rows = await statements.query<{ chain: string; seq: string; head: string }>(
    'select chain, seq, head from audit_chain where seq > 0 order by length(chain), chain',
  );
  return rows.map(({ chain, seq, head }) => ({ chain, seq: Number(seq), hash: head }));
}

/** What the checkpoint before names and is not there any more. It is told, and the checkpoint made: it is evidence too. */
function faultsOf(known: AllCheckpoint | undefined, heads: readonly ChainHead[]): string[] {
  return (known?.chains ?? []).flatMap(({ chain, seq }) => {
    const now = heads.find((one) => one.chain === chain);
    if (!now) return [`audit chain ${chain} is gone, with ${seq} records at least`];
    return now.seq < seq ? [`audit chain ${chain} ends at ${now.seq}, and had ${seq} records`] : [];
  });
}
