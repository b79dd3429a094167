import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../src/cli/demo/free-port.ts';
import { ensureProgram } from '../install.ts';

/** Starts a real redis-server with a password, in a temporary folder. Undefined where it cannot be had. */
export async function startRedis() {
  const program = ensureProgram('redis-server');
  if (!program) return undefined;
  const dir = await mkdtemp(join(tmpdir(), 'stackward-redis-'));
  const port = await freePort();
  const password = 'redis-test-pass';
  const child = spawn(
    program,
    ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--requirepass', password],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  await new Promise<void>((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`redis-server ended with ${code}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.includes('Ready to accept connections')) resolve();
    });
  });
  return {
    access: { port, password },
    stop: async () => {
      child.removeAllListeners('exit');
      const gone = new Promise((resolve) => child.on('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      await rm(dir, { recursive: true, force: true });
    },
  };
}
