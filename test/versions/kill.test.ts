import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFileStores } from '../../src/store/files/stores.ts';
import { STACK_PRINCIPAL } from '../../src/toolset/reach.ts';
import { type Journal, openJournals } from '../../src/versions/journal.ts';
import { reportOf } from '../../src/versions/report.ts';
import { openKept } from './kept-ledger.ts';
import { TOPOLOGY } from './lab.ts';

const CHILD = fileURLToPath(new URL('./kill-child.ts', import.meta.url));
/** Children at once. */
const AT_ONCE = 2;
const THEN = [
  ['books/a', '1'],
  ['vault/robot', 'rests'],
];
const HOW = { pause_reconcilers: true };

let root: string;
let at: number;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'stackward-kill-'));
  at = await prepare(join(root, 'template'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A stack with writes to three components and an edit of the topology; returns the version before them. */
async function prepare(folder: string): Promise<number> {
  await mkdir(folder);
  await writeFile(join(folder, 'ledger.json'), '[]');
  await writeFile(join(folder, 'topology.yaml'), TOPOLOGY);
  const { stackward, ledger } = await openKept(folder);
  const set = (target: string, key: string, value: string) =>
    stackward.call({
      principal: undefined,
      id: 1,
      toolName: 'ledger_set',
      args: { target, key, value },
      signal: new AbortController().signal,
    });
  await set('books', 'a', '1');
  const number = stackward.history.versions.version();
  await set('books', 'a', '2');
  await set('vault', 'b', 'x');
  // It came since, and would undo the way back of the write to the vault.
  ledger.entries.set('vault/robot', 'works');
  await set('web', 'c', 'y');
  await stackward.close();
  await writeFile(join(folder, 'topology.yaml'), `${TOPOLOGY}# edited\n`);
  const edited = await openKept(folder);
  await edited.stackward.close();
  return number;
}

/** Rolls back in a process of its own that is killed at a moment; false when it came to its end before that. */
async function wasKilled(folder: string, moment: number): Promise<boolean> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, folder, String(at), String(moment)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code, signal] = await once(child, 'exit');
  if (signal !== 'SIGKILL') expect(code).toBe(0);
  return signal === 'SIGKILL';
}

/** The rollback that was over when its process was killed. To roll back once more would let the robot go on. */
async function ended(folder: string): Promise<Journal | undefined> {
  const dir = join(folder, 'data', 'rollbacks');
  const id = (await readdir(dir)).find((name) => /^r\d+\.json$/.test(name))?.replace('.json', '');
  return id === undefined
    ? undefined
    : openJournals(openFileStores(join(folder, 'data')).documents('rollbacks')).read(id);
}

/** Starts again and goes on, as an operator would. */
async function goOn(folder: string) {
  const { stackward, ledger } = await openKept(folder);
  const { rollbacks, plan } = stackward.history;
  const run = { principal: STACK_PRINCIPAL, by: 'operator', signal: new AbortController().signal };
  const unfinished = await rollbacks.unfinished();
  const journal = unfinished
    ? await rollbacks.resume(unfinished.id, run)
    : ((await ended(folder)) ??
      (await rollbacks.begin(
        { to: at, digest: (await plan(STACK_PRINCIPAL, at, HOW)).digest, ...HOW },
        run,
      )));
  const again = await plan(STACK_PRINCIPAL, at);
  const report = reportOf(journal);
  const entries = [...ledger.entries].sort();
  const let_go = reportOf(await rollbacks.resumeReconcilers(journal.id, run)).paused;
  const robot = ledger.entries.get('vault/robot');
  await stackward.close();
  return {
    entries,
    let_go: [let_go, robot],
    topology: await readFile(join(folder, 'topology.yaml'), 'utf8'),
    verdict: report.verdict,
    paused: report.paused,
    left: [...new Set(again.steps.map(({ tool }) => tool))],
  };
}

test('killed before any file is in its place and gone on with, a rollback comes to the same end', async () => {
  let isOver = false;
  let moments = 0;
  const worker = async (first: number) => {
    for (let moment = first; !isOver; moment += AT_ONCE) {
      const folder = join(root, String(moment));
      await cp(join(root, 'template'), folder, { recursive: true });
      if (!(await wasKilled(folder, moment))) isOver = true;
      else {
        moments += 1;
        expect(await goOn(folder), `killed at moment ${moment}`).toEqual({
          entries: THEN,
          topology: TOPOLOGY,
          // A step that was done when the process ended cannot be seen to have made the difference.
          verdict: expect.stringMatching(
            /^(the stack is at version \d+:|everything came back).*the robot on vault is still held: the robot rests$/,
          ),
          paused: [{ name: 'the robot', target: 'vault', state: 'the robot rests', held: 'paused' }],
          let_go: [[expect.objectContaining({ held: 'resumed' })], 'works'],
          // To be at the version again, the robot has to go on.
          left: ['ledger_rest'],
        });
      }
      await rm(folder, { recursive: true });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => worker(index + 1)));
  expect(moments).toBeGreaterThan(15);
}, 300_000);
