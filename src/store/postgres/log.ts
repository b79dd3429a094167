import { assertKey, StoreError } from '../documents.ts';
import { openInTurn } from '../in-turn.ts';
import { type Lease, LeaseLost } from '../leases.ts';
import type { Feed, Line, Log, Logs } from '../logs.ts';
import { openWakers } from '../wakers.ts';
import type { Database, Statements } from './database.ts';
import { HELD } from './leases.ts';

/** As many lines of a feed are read at once. */
const PAGE = 500;
/** How long a lost notification can hide a line. */
const LOOK_MS = 1_000;
const CHANNEL = 'stackward_feed';

/** The logs of one kind, as rows of the tables `log` and `line`. */
export function openPostgresLogs(database: Statements, kind: string): Logs {
  return {
    async begin(name, first) {
      assertKey(name);
      const made = await database.query(
        `with made as (insert into log (kind, name, last) values ($1, $2, 1) on conflict do nothing returning 1)
         insert into line (kind, name, number, content) select $1, $2, 1, $3 from made returning 1`,
        [kind, name, first],
      );
      return made.length > 0 ? logOf(database, kind, name) : undefined;
    },
    async open(name) {
      assertKey(name);
      const found = await database.query('select from log where kind = $1 and name = $2', [kind, name]);
      return found.length > 0 ? logOf(database, kind, name) : undefined;
    },
    async names() {
      const found = await database.query<{ name: string }>(
        'select name from log where kind = $1 order by name collate "C"',
        [kind],
      );
      return found.map(({ name }) => name);
    },
  };
}

function logOf(database: Statements, kind: string, name: string): Log {
  // Over several connections the lines of one writer could overtake one another.
  const inTurn = openInTurn();
  return {
    append: (text, under) => inTurn(() => append(text, under)),
    read: (after, limit) =>
      readLines(database, { kind, name, after, ...(limit === undefined ? {} : { limit }) }),
    close: async () => {},
  };

  async function append(text: string, under: { readonly lease: Lease } | undefined): Promise<void> {
    const lease = under?.lease;
    const held = lease
      ? `(select from lease where name = $4 and fence = $5 and ${HELD} for share)`
      : '(select)';
    const done = await database.query(
      `with held as ${held},
           moved as (update log set last = last + 1 from held where kind = $1 and log.name = $2 returning last)
         insert into line (kind, name, number, content) select $1, $2, last, $3 from moved returning 1`,
      [kind, name, text, ...(lease ? [lease.name, lease.fence] : [])],
    );
    if (done.length > 0) return;
    if (lease) throw new LeaseLost(lease.name);
    throw new StoreError('the log is not there any more');
  }
}

async function readLines(
  database: Statements,
  { kind, name, after, limit }: { kind: string; name: string; after: number; limit?: number },
): Promise<readonly Line[]> {
  const found = await database.query<{ number: string; text: string }>(
    `select number, content as text from line where kind = $1 and name = $2 and number > $3
     order by number limit $4`,
    [kind, name, after, limit ?? null],
  );
  return found.map(({ number, text }) => ({ number: Number(number), text }));
}

/** The one feed of all replicas. Its numbers have no gap: a line and the number that it takes are one statement. */
export async function openPostgresFeed(database: Database): Promise<Feed> {
  const [kind, name] = ['feed', 'events'];
  const wakers = openWakers();
  const silence = await database.listen(CHANNEL, wakers.wake);
  // All wait for the feed's row: those of this replica do so one by one, and not with a connection each.
  const inTurn = openInTurn();
  const add = (mark: string, text: string) =>
    database.transaction(async (statements) => {
      // Whoever adds a line holds the feed's row until the line is there, so that numbers come in the order of commits.
      await statements.query(
        'insert into log (kind, name, last) values ($1, $2, 0) on conflict (kind, name) do update set last = log.last',
        [kind, name],
      );
      const added = await statements.query(
        `with moved as (
             update log set last = last + 1 where kind = $1 and name = $2
               and not exists (select from line where line.kind = $1 and line.name = $2 and mark = $3)
             returning last)
           insert into line (kind, name, number, mark, content) select $1, $2, last, $3, $4 from moved returning 1`,
        [kind, name, mark, text],
      );
      if (added.length > 0) await statements.query(`notify ${CHANNEL}`);
    });
  return {
    async add(mark, text) {
      await inTurn(() => add(mark, text));
      wakers.wake();
    },
    async missing(marks) {
      const found = await database.query<{ mark: string }>(
        `select mark from unnest($3::text[]) mark
         where not exists (select from line where kind = $1 and name = $2 and line.mark = mark.mark)`,
        [kind, name, marks],
      );
      return found.map(({ mark }) => mark);
    },
    async last() {
      const [found] = await database.query<{ last: string }>(
        'select last from log where kind = $1 and name = $2',
        [kind, name],
      );
      return Number(found?.last ?? 0);
    },
    async *follow(after, signal) {
      for (let at = Math.max(0, after); !signal.aborted; ) {
        // While the database is away nothing can be told; whoever follows is told the rest once it is back.
        const lines = await readLines(database, { kind, name, after: at, limit: PAGE }).catch(() => []);
        for (const line of lines) {
          if (signal.aborted) return;
          at = line.number;
          yield line;
        }
        if (lines.length < PAGE) await wakers.next(signal, LOOK_MS);
      }
    },
    close: silence,
  };
}
