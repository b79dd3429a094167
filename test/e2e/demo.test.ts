import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const LEAK = 'postgres://orders:s3cr3t-Pa55@';

interface Demo {
  readonly out: string;
  readonly err: string;
}

/** Starts the demo as a process of its own; it is ended with the test. */
function startDemo(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, 'demo', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return { said: said as Demo, ended, stop: () => child.kill('SIGINT') };
}

/** What stands for a password in every connection string that is shown. */
const passwordsIn = (text: string): string[] =>
  [...text.matchAll(/postgres:\/\/(?:[^:\s{]+:)?([^@\s]+)@/g)].map(([, password = '']) => password);

describe('the demo', { timeout: 180_000 }, () => {
  test.each([
    ['beside each other', '130'],
    ['one after the other', '80'],
  ])('walks through its steps, ends well, and shows both runs %s', async (how, columns) => {
    const { said, ended } = startDemo([], { COLUMNS: columns });
    expect({ code: await ended, ...said }).toMatchObject({ code: 0 });
    const { out } = said;
    expect([...out.matchAll(/^(\d+)\. /gm)].map(([, step]) => Number(step))).toEqual(
      Array.from({ length: 11 }, (_, at) => at + 1),
    );
    const [before = '', incident = ''] = out.split('9. The same alert twice');
    // The password stands in a connection string of the shop's data; nothing but its name may stand there.
    expect(new Set(passwordsIn(before))).toEqual(new Set(['{password}']));
    // The naive run shows the credential that a scripted log leaks, once; the hardened one its placeholder, once.
    expect(incident.split(LEAK)).toHaveLength(2);
    expect(passwordsIn(incident).sort()).toEqual(['s3cr3t-Pa55', '{url-userinfo#1}']);
    expect(/NAIVE.*│.*HARDENED/.test(incident)).toBe(how === 'beside each other');
    for (const line of incident.split('\n').filter((one) => one.includes('│')))
      expect(line.length).toBeLessThanOrEqual(Number(columns));
    expect(incident).toMatch(/harmed: it changed payments/);
    expect(incident).toMatch(/error_rate: [▁▂▃▄▅▆▇█]+▁ 0.31 -> 0$/m);
    expect(incident).toMatch(/blocked: roll payments back to revision 3 \(audit \d+\): not_linked/);
    expect(incident).toMatch(/#\d+ triage mock_rollback payments denied/);
    expect(out).toMatch(/orders-db is at version 1: everything came back and was read back/);
    expect(out.match(/the chain holds/g)).toHaveLength(2);
    expect(out).toMatch(/the services of the incident were a mock/);
  });

  test('stays up, takes its token alone, starts an incident, and leaves nothing behind', async () => {
    const { said, ended, stop } = startDemo(['--serve', '--port', '0', '--json']);
    await expect.poll(() => said.err, { timeout: 150_000 }).toContain('Ctrl-C ends it');
    const json = JSON.parse(said.out);
    expect(json.incident.runs.hardened).toMatchObject({ ending: 'healed' });
    expect(json.incident.runs.governed).toMatchObject({ ending: 'denied' });
    expect(json.rollback.at_target).toBe(true);
    const [, token = ''] = /sign in +(swt_\S+)/.exec(said.err) ?? [];
    const [, url = ''] = /console +(http:\S+)\/console\/runs/.exec(said.err) ?? [];
    const [, topology = ''] = /topology +(\S+)/.exec(said.err) ?? [];
    const start = (headers: Record<string, string>) =>
      fetch(`${url}/console/api/runs/start`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: url, ...headers },
        body: JSON.stringify({ scenario: 'protected-culprit' }),
      });
    expect((await start({})).status).toBe(401);
    const signed = await fetch(`${url}/console/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify({ token }),
    });
    const cookie = String(signed.headers.get('set-cookie')).split(';')[0] ?? '';
    const { runs } = await (await start({ cookie })).json();
    expect(runs).toHaveLength(3);
    expect((await fetch(`${url}/events`)).status).toBe(401);
    expect(await readUntil(`${url}/events`, token, runs[2])).toMatch(/payments is protected: true/);
    expect(existsSync(topology)).toBe(true);
    stop();
    expect(await ended).toBe(0);
    expect(existsSync(dirname(dirname(topology)))).toBe(false);
  });

  test('says so before long where its port is taken', async () => {
    const { createServer } = await import('node:net');
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      taken.close();
    });
    const address = taken.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const { said, ended } = startDemo(['--serve', '--port', port]);
    expect(await ended).toBe(2);
    expect(said.err).toMatch(new RegExp(`port ${port} is taken; name another with --port`));
    expect(said.out).not.toMatch(/^9\. /m);
  });
});

/** Reads a stream of events until a run has ended. */
async function readUntil(url: string, token: string, run: string): Promise<string> {
  const stop = new AbortController();
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` }, signal: stop.signal });
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += Buffer.from(chunk).toString();
    const isOver = text.split('\n').some((line) => line.includes(run) && line.includes('"type":"done"'));
    if (isOver) break;
  }
  stop.abort();
  return text;
}
