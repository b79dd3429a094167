import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openFixtureStack, serveFixture, UNLINKED } from '../server/stackward.ts';
import { CLIENT_KINDS, type ClientKind, type Human, type TestClient } from './client-kinds.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Connected {
  readonly client: TestClient;
  /** Path of the topology file that the server follows. */
  readonly file: string;
}

/** A fixture of its own for each test, served in the way that is tested. */
const WAYS = {
  async stdio(kind: ClientKind, human?: Human): Promise<Connected> {
    const folder = await mkdtemp(join(tmpdir(), 'stackward-e2e-'));
    cleanups.push(() => rm(folder, { recursive: true }));
    const pathFile = join(folder, 'path');
    const client = await kind.connect(
      { command: [process.execPath, '--import', 'tsx', 'test/e2e/stdio-server.ts', pathFile] },
      human,
    );
    cleanups.push(client.close);
    return { client, file: await readFile(pathFile, 'utf8') };
  },
  async http(kind: ClientKind, human?: Human): Promise<Connected> {
    const fixture = await openFixtureStack({ watch: true });
    cleanups.push(fixture.close);
    const serving = await serveFixture(fixture);
    cleanups.push(serving.close);
    const client = await kind.connect({ url: new URL(`${serving.url}/mcp`) }, human);
    cleanups.push(client.close);
    return { client, file: fixture.file };
  },
};

const SHRED = { target: 'store/a', key: 'k' };
const fill = (client: TestClient) => client.call('box_put', { ...SHRED, value: 'v' });
const storedOf = async (client: TestClient) => (await client.call('box_get', SHRED)).structured?.value;

describe.each(Object.entries(WAYS))('over %s', (_way, connect) => {
  describe.each(CLIENT_KINDS)('$name', (kind) => {
    test('lists and calls the tools', async () => {
      const { client } = await connect(kind);
      expect(client.revision).toBe(kind.name.includes('2026') ? '2026-07-28' : '2025-11-25');
      expect(await client.tools()).toContain('box_get');
      await fill(client);
      expect(await storedOf(client)).toBe('v');
      const failed = await client.call('box_fail', { target: 'store/a', known: true });
      expect(failed.isError).toBe(true);
      expect(failed.text).toContain('query_failed');
      expect((await client.call('no_such_tool')).text).toContain('unknown_tool');
    });

    test('hears of an edit of the topology, and its tools are gone', async () => {
      const { client, file } = await connect(kind);
      expect(await client.tools()).toContain('box_get');
      await writeFile(file, UNLINKED);
      await client.toolsChanged;
      expect(await client.tools()).not.toContain('box_get');
      expect((await client.call('box_get', SHRED)).text).toContain('unknown_tool');
    });

    test('runs an irreversible write once its human approved', async () => {
      const asked: string[] = [];
      const { client } = await connect(kind, (message) => {
        asked.push(message);
        return { action: 'accept', content: { approve: true, reason: 'it is old' } };
      });
      await fill(client);
      expect((await client.call('box_shred', SHRED)).structured).toEqual({ key: 'k', shredded: true });
      expect(await storedOf(client)).toBeNull();
      expect(asked).toHaveLength(1);
      for (const shown of ['box_shred', 'store/a', '"key": "k"', 'row k', 'cannot be put together'])
        expect(asked[0]).toContain(shown);
    });

    test('does not run it when its human declines, dismisses the form or leaves the box empty', async () => {
      const answers: ReturnType<Human>[] = [
        { action: 'decline' },
        { action: 'cancel' },
        { action: 'accept', content: { approve: false } },
      ];
      const asked = vi.fn<Human>(() => answers.shift() ?? { action: 'decline' });
      const { client } = await connect(kind, asked);
      await fill(client);
      for (const note of ['first', 'second', 'third'])
        expect(await client.call('box_shred', { ...SHRED, note })).toMatchObject({ isError: true });
      expect(asked).toHaveBeenCalledTimes(3);
      expect(await storedOf(client)).toBe('v');
      expect((await client.call('box_state', { target: 'store/a' })).structured?.shredded).toBe(0);
    });

    test('without elicitation is told how a human can approve', async () => {
      const { client } = await connect(kind);
      await fill(client);
      const refused = await client.call('box_shred', SHRED);
      expect(refused.text).toMatch(/approval_required: .*stackward approve [a-z2-7]{12}/s);
      expect(await storedOf(client)).toBe('v');
    });

    test('cancels a call down to the backend', async () => {
      const { client } = await connect(kind);
      const state = async () => (await client.call('box_state', { target: 'store/a' })).structured;
      const stop = new AbortController();
      const waiting = client.call('box_wait', { target: 'store/a', ms: 60_000 }, stop.signal);
      await vi.waitFor(async () => expect(await state()).toMatchObject({ running: 1 }), 10_000);
      stop.abort();
      await expect(waiting).rejects.toThrow();
      await vi.waitFor(async () => expect(await state()).toMatchObject({ running: 0, aborted: 1 }), 10_000);
    });
  });
});
