import { type Lease, type LeaseHolder, LeaseLost, type Leases } from '../leases.ts';
import type { Statements } from './database.ts';

/**
 * How long a holding lasts without a sign of life, by the database's clock. One that has ended is not taken up again
 * by its holder, whether somebody else has taken it meanwhile or not: he may have been paused for any time.
 */
const SILENT = "interval '15 seconds'";
const BEAT_MS = 3_000;

/** What is true of the row of a lease that is held now, besides its fence. */
export const HELD = `holder is not null and beat > clock_timestamp() - ${SILENT}`;

/**
 * Leases as rows of the table `lease`; `beatMs` is for tests.
 * @param at names this replica to people
 */
export function openPostgresLeases(
  database: Statements,
  { at, beatMs = BEAT_MS }: { readonly at: string; readonly beatMs?: number },
): Leases {
  return {
    async take(name, { work, by }) {
      const [taken] = await database.query<{ fence: string }>(
        `insert into lease (name, fence, holder, work, by, at, since, beat)
         values ($1, 1, $2, $3, $4, $2, clock_timestamp(), clock_timestamp())
         on conflict (name) do update set fence = lease.fence + 1, holder = excluded.holder, work = excluded.work,
           by = excluded.by, at = excluded.at, since = excluded.since, beat = excluded.beat
           where not (lease.holder is not null and lease.beat > clock_timestamp() - ${SILENT})
         returning fence`,
        [name, at, work, by],
      );
      if (!taken) return { heldBy: await holderOf(database, name) };
      return { lease: hold(database, { name, fence: Number(taken.fence), beatMs }) };
    },
  };
}

async function holderOf(database: Statements, name: string): Promise<LeaseHolder | undefined> {
  const [found] = await database.query<{ work: string; by: string; at: string; since: Date }>(
    `select work, by, at, since from lease where name = $1 and ${HELD}`,
    [name],
  );
  return found && { ...found, since: found.since.toISOString() };
}

function hold(
  database: Statements,
  { name, fence, beatMs }: { readonly name: string; readonly fence: number; readonly beatMs: number },
): Lease {
  const mine = [name, fence];
  const beat = () =>
    database.query(
      `update lease set beat = clock_timestamp() where name = $1 and fence = $2 and ${HELD}`,
      mine,
    );
  // One that fails is made up for by the next, or the holding ends.
  const timer = setInterval(() => void beat().catch(() => {}), beatMs).unref();
  return {
    name,
    fence,
    async assertHeld() {
      const held = await database
        .query(`select from lease where name = $1 and fence = $2 and ${HELD}`, mine)
        .catch(() => []);
      if (held.length === 0) throw new LeaseLost(name);
    },
    async release() {
      clearInterval(timer);
      await database.query('update lease set holder = null where name = $1 and fence = $2', mine);
    },
  };
}
