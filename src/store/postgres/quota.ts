import type { Quota, QuotaLimit } from '../quota.ts';
import type { Statements } from './database.ts';

/** Counts over all replicas, by the database's clock: one row a name, whose lock makes look and take one step. */
export function openPostgresQuota(
  database: Statements,
  kind: string,
  { limit, windowMs }: QuotaLimit,
): Quota {
  const recent = `(select coalesce(array_agg(one), '{}') from unnest(quota.taken) one
    where one > clock_timestamp() - $3 * interval '1 millisecond')`;
  return {
    limit,
    windowMs,
    async used(name) {
      const [found] = await database.query<{ used: number }>(
        `select cardinality(${recent}) as used from quota where kind = $1 and name = $2`,
        [kind, name, windowMs],
      );
      return found?.used ?? 0;
    },
    async take(name) {
      const [own] = await database.query<{ at: string }>(
        `insert into quota (kind, name, taken) select $1, $2, array[clock_timestamp()] where $4 > 0
         on conflict (kind, name) do update set taken = ${recent} || clock_timestamp()
           where cardinality(${recent}) < $4
         returning taken[cardinality(taken)]::text as at`,
        [kind, name, windowMs, limit],
      );
      if (!own) return undefined;
      return {
        async giveBack() {
          await database.query(
            'update quota set taken = array_remove(taken, $3::timestamptz) where kind = $1 and name = $2',
            [kind, name, own.at],
          );
        },
      };
    },
  };
}
