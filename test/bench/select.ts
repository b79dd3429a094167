import type { Client } from '@modelcontextprotocol/client';
import { BACKEND_MS, type Lab } from './lab.ts';
import { ratios, round, summarise, timed } from './statistics.ts';

const WARM_UP = 30;
const CALLS = 400;
const THROUGHPUT_MS = 3_000;
const CALLERS = 16;

const callOf = (client: Client, sql: string) => async () => {
  const result = await client.callTool({ name: 'pg_query', arguments: { sql } });
  if (result.isError) throw new Error(`the bench query failed: ${JSON.stringify(result.content)}`);
};

/** Governed against ungoverned SELECT, call by call in turns, at each backend time. */
export async function benchSelect(ours: Client, bare: Client) {
  const results = [];
  for (const ms of BACKEND_MS) {
    const sql = `select * from after_${ms}`;
    const [governed, ungoverned] = [callOf(ours, sql), callOf(bare, sql)];
    for (let call = 0; call < WARM_UP; call++) await Promise.all([governed(), ungoverned()]);
    const durations: { governed: number[]; ungoverned: number[] } = { governed: [], ungoverned: [] };
    for (let call = 0; call < CALLS; call++) {
      // Which of the two goes first alternates, so that neither always finds the machine as the other left it.
      const first = call % 2 === 0;
      if (first) durations.governed.push(await timed(governed));
      durations.ungoverned.push(await timed(ungoverned));
      if (!first) durations.governed.push(await timed(governed));
    }
    const series = { governed: summarise(durations.governed), ungoverned: summarise(durations.ungoverned) };
    results.push({ backend_ms: ms, ...series, ratio: ratios(series.governed, series.ungoverned) });
  }
  return results;
}

/** Calls per second with one caller and with sixteen, in turns of half a second. */
export async function benchThroughput(lab: Lab, transport: 'stdio' | 'http') {
  const clients = { ours: await lab[transport]('ours'), bare: await lab[transport]('bare') };
  const rate = async (client: Client, callers: number, ms: number) => {
    const call = callOf(client, 'select * from after_0');
    const end = performance.now() + ms;
    let calls = 0;
    const loop = async () => {
      for (; performance.now() < end; calls++) await call();
    };
    await Promise.all(Array.from({ length: callers }, loop));
    return calls;
  };
  const results = [];
  for (const callers of [1, CALLERS]) {
    await Promise.all([rate(clients.ours, callers, 300), rate(clients.bare, callers, 300)]);
    const calls = { ours: 0, bare: 0 };
    const turn = 500;
    for (let spent = 0; spent < THROUGHPUT_MS; spent += turn) {
      calls.ours += await rate(clients.ours, callers, turn);
      calls.bare += await rate(clients.bare, callers, turn);
    }
    const perSecond = {
      governed: round(calls.ours / (THROUGHPUT_MS / 1000)),
      ungoverned: round(calls.bare / (THROUGHPUT_MS / 1000)),
    };
    results.push({
      transport,
      callers,
      ...perSecond,
      ratio: round(perSecond.governed / perSecond.ungoverned),
    });
  }
  return results;
}
