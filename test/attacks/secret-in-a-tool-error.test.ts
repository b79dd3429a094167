import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ToolError } from '../../src/toolset/errors.ts';
import { PASSWORD } from '../call/lab.ts';
import { openProbe } from '../call/probe-service.ts';
import { openStack } from '../harness/stack.ts';
import { openFixture } from '../server/fixture-service.ts';
import { A, attackLab } from './fixtures/lab.ts';

const FORMS = [
  PASSWORD,
  JSON.stringify(PASSWORD).slice(1, -1),
  encodeURIComponent(PASSWORD),
  Buffer.from(PASSWORD).toString('base64'),
  Buffer.from(PASSWORD).toString('hex'),
];

/** The flaw: a driver's message quotes the password, and the error carries it to the model and into the log. */
test.each(FORMS)('an error that holds %s is told without it', async (form) => {
  const { call, probe, audit } = await attackLab();
  const raise = [
    () => new ToolError('query_failed', `FATAL: login as app:${form} failed`),
    () => new Error(`postgres://app:${form}@db.test/orders`),
    () => form,
  ];
  for (const make of raise) {
    probe.does.read = () => Promise.reject(make());
    probe.does.write = () => Promise.reject(make());
    for (const tool of ['probe_read', 'probe_write'])
      expect(JSON.stringify(await call(tool, A))).not.toContain(form);
  }
  expect(JSON.stringify(audit.records)).not.toContain(form);
});

function* filesOf(dir: string): Generator<string> {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name);
    if (statSync(path).isDirectory()) yield* filesOf(path);
    else yield path;
  }
}

test('no file of the data directory holds the password in any form after every kind of call', async () => {
  const { probe, services } = openProbe();
  const stack = await openStack({
    topology: `stack: s
components:
  app: {type: agent}
  store: {type: probe, host: h, credentials: {user: {env: U}, password: {env: P}}, drawers: {a: {}}}
links:
  - {from: app, to: store, type: uses}
`,
    env: { U: 'u', P: PASSWORD, MCP_STORE_WRITE_ACCESS: 'true' },
    services: new Map([...openFixture().services, ...services]),
  });
  try {
    await stack.call('probe_read');
    for (const form of FORMS) {
      probe.does.read = async () => ({ form });
      await stack.call('probe_read', { text: form });
      await stack.call('probe_write', { text: form, n: 99 });
      await stack.call('probe_burn', { key: form, dsn: '{password}' });
      await stack.call(form, { [form]: form });
      probe.does.read = () => Promise.reject(new Error(form));
      await stack.call('probe_template', { dsn: '{password}', note: form });
    }
    await stack.stackward.audit.close();
    let bytes = 0;
    for (const file of filesOf(stack.dataDir)) {
      const content = readFileSync(file);
      bytes += content.length;
      for (const form of FORMS) expect(content.includes(form), `${file} holds ${form}`).toBe(false);
    }
    expect(bytes).toBeGreaterThan(5_000);
    expect(stack.reports.join('\n')).not.toContain('horse');
  } finally {
    await stack.close();
  }
});
