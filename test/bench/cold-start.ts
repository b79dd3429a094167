import { type ChildProcess, spawn } from 'node:child_process';
import { BARE, type Lab, MAIN } from './lab.ts';
import { ratios, summarise } from './statistics.ts';

const STARTS = 15;
const INITIALIZE = `${JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1' } },
})}\n`;

/** From spawn to the answer of `initialize` over stdio; starts of the two servers take turns. */
export async function benchColdStart(lab: Lab) {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    ours.push(await startOnce([MAIN, 'serve', '--topology', lab.topology, '--log-level', 'error'], lab.env));
    bare.push(await startOnce([BARE], lab.env));
  }
  const series = { governed: summarise(ours), ungoverned: summarise(bare) };
  return { ...series, ratio: ratios(series.governed, series.ungoverned) };
}

async function startOnce(args: readonly string[], env: Lab['env']): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.write(INITIALIZE);
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it answered`)));
  });
  const took = performance.now() - began;
  await ended(child);
  return took;
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.removeAllListeners('exit');
    child.once('exit', () => resolve());
    child.stdin?.end();
  });
}
