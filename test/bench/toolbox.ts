import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { stringify } from 'yaml';
import { freePort } from '../../src/cli/demo/free-port.ts';
import { fetchWithoutSignal, type Lab, MAIN } from './lab.ts';
import { ratios, round, type Series, summarise } from './statistics.ts';

const run = promisify(execFile);
/** Three hundred megabytes of another project's program, so it is fetched for the bench alone. */
const PACKAGE = '@toolbox-sdk/server@1.12.0';
const TURN_MS = 500;
const TURNS = 10;
const SQL = 'select * from after_0';

interface Side {
  readonly client: Client;
  /** What is called, in its own words. */
  readonly tool: string;
  readonly pid: number;
  close(): Promise<void>;
}

/** One row of the comparison: calls per second, times in milliseconds, resident memory in MiB after the run. */
export interface ToolboxRow {
  readonly callers: number;
  readonly ours: Series & { readonly per_second: number };
  readonly toolbox: Series & { readonly per_second: number };
  readonly ratio: { readonly per_second: number; readonly p50: number; readonly p99: number };
}

/**
 * Ours, with its guards and its durable audit, against MCP Toolbox for Databases: the same query of the same database
 * over Streamable HTTP, in turns of half a second. Undefined where the program cannot be fetched.
 * @see https://github.com/googleapis/mcp-toolbox
 */
export async function benchToolbox(lab: Lab) {
  const dir = await mkdtemp(join(tmpdir(), 'stackward-toolbox-'));
  const sides: Side[] = [];
  try {
    const program = await fetchToolbox(dir);
    if (program === undefined) return undefined;
    const theirs = await startToolbox(program, dir, lab);
    sides.push(theirs);
    const ours = await startOurs(lab);
    sides.push(ours);
    const rows: ToolboxRow[] = [];
    for (const callers of [1, 16]) rows.push(await compare(ours, theirs, callers));
    return {
      rows,
      memory_mib: { ours: await residentMib(ours.pid), toolbox: await residentMib(theirs.pid) },
    };
  } finally {
    for (const side of sides) await side.close();
    await rm(dir, { recursive: true, force: true });
  }
}

async function fetchToolbox(dir: string): Promise<string | undefined> {
  try {
    await run('npm', ['install', '--prefix', dir, '--no-save', '--no-audit', '--no-fund', PACKAGE]);
  } catch {
    return undefined;
  }
  return join(dir, `node_modules/@toolbox-sdk/server-${process.platform}-${process.arch}/bin/toolbox`);
}

async function startToolbox(program: string, dir: string, lab: Lab): Promise<Side> {
  const { host, port, user, password, database } = JSON.parse(lab.env.BARE_PG ?? '{}') as Record<
    string,
    string
  >;
  const config = join(dir, 'tools.yaml');
  await writeFile(
    config,
    stringify({
      sources: { bench: { kind: 'postgres', host, port: `${port}`, user, password, database } },
      tools: { query: { kind: 'postgres-execute-sql', source: 'bench', description: 'Runs one query.' } },
    }),
  );
  const at = await freePort();
  const args = ['--config', config, '--port', `${at}`, '--log-level', 'ERROR', '--disable-version-check'];
  return start(program, args, at, 'query', {});
}

async function startOurs(lab: Lab): Promise<Side> {
  const at = await freePort();
  const args = [MAIN, 'serve', '--topology', lab.topology, '--http', `${at}`, '--log-level', 'error'];
  return start(process.execPath, args, at, 'pg_query', lab.env);
}

async function start(
  program: string,
  args: readonly string[],
  port: number,
  tool: string,
  env: Readonly<Record<string, string>>,
): Promise<Side> {
  const child = spawn(program, args, { env: { PATH: process.env.PATH, ...env }, stdio: 'ignore' });
  const url = new URL(`http://127.0.0.1:${port}/mcp`);
  for (let attempt = 0; ; attempt++) {
    const client = new Client({ name: 'bench', version: '1' });
    try {
      await client.connect(new StreamableHTTPClientTransport(url, { fetch: fetchWithoutSignal }));
      return {
        client,
        tool,
        pid: child.pid ?? 0,
        async close() {
          await client.close();
          child.kill('SIGTERM');
        },
      };
    } catch (error) {
      if (attempt === 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function compare(ours: Side, theirs: Side, callers: number): Promise<ToolboxRow> {
  await load(ours, callers, TURN_MS);
  await load(theirs, callers, TURN_MS);
  const times = { ours: [] as number[], theirs: [] as number[] };
  for (let turn = 0; turn < TURNS; turn++) {
    times.ours.push(...(await load(ours, callers, TURN_MS)));
    times.theirs.push(...(await load(theirs, callers, TURN_MS)));
  }
  const seconds = (TURNS * TURN_MS) / 1000;
  const rowOf = (series: readonly number[]) => ({
    ...summarise(series),
    per_second: round(series.length / seconds),
  });
  const [one, other] = [rowOf(times.ours), rowOf(times.theirs)];
  return {
    callers,
    ours: one,
    toolbox: other,
    ratio: { per_second: round(one.per_second / other.per_second), ...ratios(one, other) },
  };
}

/** Calls without a pause for a time; the durations of those that ended. */
async function load({ client, tool }: Side, callers: number, ms: number): Promise<number[]> {
  const end = performance.now() + ms;
  const durations: number[] = [];
  const loop = async () => {
    for (let now = performance.now(); now < end; now = performance.now()) {
      const result = await client.callTool({ name: tool, arguments: { sql: SQL } });
      if (result.isError) throw new Error(`${tool} failed: ${JSON.stringify(result.content)}`);
      durations.push(performance.now() - now);
    }
  };
  await Promise.all(Array.from({ length: callers }, loop));
  return durations;
}

async function residentMib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024);
}
