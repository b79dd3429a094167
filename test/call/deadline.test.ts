import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { withDeadline } from '../../src/call/deadline.ts';
import { ToolError } from '../../src/toolset/errors.ts';

const limits = { rows: 1, bytes: 1, deadlineMs: 60_000 };
const as = (why: ToolError) => why;
const bounds = (signal = new AbortController().signal, more = {}) => ({
  signal,
  started: performance.now(),
  limits: { ...limits, ...more },
});

test('work that is cancelled or late before it begins does not begin', async () => {
  let began = false;
  const work = async () => {
    began = true;
  };
  await expect(withDeadline(bounds(AbortSignal.abort()), as, work)).rejects.toMatchObject({
    code: 'cancelled',
  });
  const late = { ...bounds(), started: performance.now() - 60_001 };
  await expect(withDeadline(late, as, work)).rejects.toMatchObject({ code: 'timeout' });
  expect(began).toBe(false);
});

test('work that throws at once, without a promise, is an ordinary failure', async () => {
  const work = () => {
    throw new ToolError('conflict', 'no');
  };
  await expect(withDeadline(bounds(), as, work)).rejects.toMatchObject({ code: 'conflict' });
});

test('work that ends well although it was told to stop is believed', async () => {
  const caller = new AbortController();
  const work = async () => {
    caller.abort();
    return 'done';
  };
  expect(await withDeadline(bounds(caller.signal), as, work)).toBe('done');
});

test('no listener stays on a signal that serves many calls', async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners += 1;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners -= 1;
    remove(...args);
  };
  await withDeadline(bounds(signal), as, async () => 1);
  await withDeadline(bounds(signal), as, () => Promise.reject(new Error('no'))).catch(() => {});
  expect(listeners).toBe(0);
});

test('a process with nothing left to do ends, whatever its deadlines were', () => {
  const module = fileURLToPath(new URL('../../src/call/deadline.ts', import.meta.url));
  const script = `
    import { withDeadline, withinTurn } from ${JSON.stringify(module)};
    const bounds = { signal: new AbortController().signal, started: performance.now(), limits: { rows: 1, bytes: 1, deadlineMs: 3600000 } };
    await withDeadline(bounds, (why) => why, async () => 1);
    await withDeadline(bounds, (why) => why, () => Promise.reject(new Error('no'))).catch(() => {});
    await withinTurn(bounds, async (begin) => begin());
    await withinTurn(bounds, () => Promise.reject(new Error('no'))).catch(() => {});
    process.stdout.write('done');
  `;
  const { stdout, signal } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', script],
    { encoding: 'utf8', timeout: 20_000 },
  );
  expect({ stdout, signal }).toEqual({ stdout: 'done', signal: null });
});
