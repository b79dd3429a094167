import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, onTestFinished, test } from 'vitest';
import { soon } from '../audit/ship/lab.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const TOKEN = 'glc_eyJvIjoiNDcxMSJ9-push-only';

/** Everything that a data directory holds, as one text. */
function textOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  return files.map((one) => readFileSync(join(one.parentPath, one.name), 'latin1')).join('\n');
}

/**
 * The flaw: the token that pushes the audit comes back to it. A Loki, or a proxy before it, may say it in an error, and a
 * caller who knows it may put it into a call to have it shipped to everybody who reads the logs.
 */
test.for([400, 401, 302, 500])(
  'the token is in no log, no file and no record, whatever a Loki answers with status %s',
  async (status) => {
    const folder = mkdtempSync(join(tmpdir(), 'stackward-loki-leak-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(
      join(folder, 'topology.yaml'),
      'stack: shop\ncomponents:\n  app: {type: application}\n  ops: {type: agent}\nlinks: []\n',
    );
    const loki = await recordingServer(({ headers }, response) => {
      const said = String(headers.authorization);
      response.writeHead(status, { location: `/${said}`, 'x-said': said }).end(`you sent ${said}`);
    });
    onTestFinished(() => loki.close());
    const { PATH = '' } = process.env;
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [
        '--import',
        'tsx',
        `${ROOT}src/main.ts`,
        'serve',
        '-t',
        join(folder, 'topology.yaml'),
        '--as',
        'ops',
      ],
      env: { PATH, STACKWARD_AUDIT_LOKI_URL: loki.url, STACKWARD_AUDIT_LOKI_TOKEN: TOKEN },
      cwd: ROOT,
      stderr: 'pipe',
    });
    let log = '';
    transport.stderr?.on('data', (chunk) => {
      log += String(chunk);
    });
    const client = new Client({ name: 'attacker', version: '1' });
    await client.connect(transport);
    const answer = await client.callTool({ name: 'stack_neighbors', arguments: { component: TOKEN } });
    await soon(() => loki.received.some(({ body }) => body.includes('stack_neighbors'))).toBe(true);
    await soon(() => log).toContain('the audit is not shipped at the moment');
    await client.close();

    expect(loki.received[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    const left = [log, JSON.stringify(answer), textOf(folder), ...loki.received.map(({ body }) => body)].join(
      '\n',
    );
    expect(left).toContain('stack_neighbors');
    for (const form of [TOKEN, Buffer.from(TOKEN).toString('base64')]) expect(left).not.toContain(form);
    expect(loki.received.every(({ url }) => url === '/loki/api/v1/push')).toBe(true);
  },
);
