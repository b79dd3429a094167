import { spawn } from 'node:child_process';
import { ensureProgram } from '../../harness/install.ts';

/** Path of kcat, a client made by others with librdkafka. Undefined where it cannot be had. */
export const program = ensureProgram('kcat');

/** Runs kcat to its end and gives what it printed. */
export function kcat(args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program ?? 'kcat', args, { stdio: ['pipe', 'pipe', 'pipe'], timeout: 15_000 });
    let [out, error] = ['', ''];
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      error += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(out) : reject(new Error(`kcat ended with ${code}: ${error}`)),
    );
    child.stdin.end(input);
  });
}

/** Starts librdkafka's own mock cluster, which lives as long as this kcat, with one message in `orders`. */
export async function startMockCluster() {
  const args = ['-P', '-b', 'mock', '-t', 'orders', '-p', '0', '-X', 'test.mock.num.brokers=1', '-d', 'mock'];
  const child = spawn(program ?? 'kcat', args, { stdio: ['pipe', 'ignore', 'pipe'] });
  const port = await new Promise<number>((resolve, reject) => {
    let seen = '';
    child.on('exit', (code) => reject(new Error(`kcat ended with ${code}: ${seen}`)));
    child.stderr.on('data', (chunk) => {
      seen += chunk;
      const found = /bootstrap\.servers=127\.0\.0\.1:(\d+)/.exec(seen)?.[1];
      if (found && seen.includes('Created topic "orders"')) resolve(Number(found));
    });
  });
  child.removeAllListeners('exit');
  return {
    port,
    stop: () =>
      new Promise<void>((resolve) => {
        child.on('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
}
