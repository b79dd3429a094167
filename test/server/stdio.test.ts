import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { serveStdioFor } from '../../src/server/stdio.ts';
import { legacyCall } from './raw-http.ts';
import { auditRecords, openFixtureStack } from './stackward.ts';

const initialize = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
};

async function open() {
  const fixture = await openFixtureStack();
  const [input, output] = [new PassThrough(), new PassThrough()];
  const serving = serveStdioFor(fixture.stackward, { principal: undefined, input, output });
  const said = text(output);
  const say = (...messages: unknown[]) => {
    for (const message of messages) input.write(`${JSON.stringify(message)}\n`);
  };
  say(initialize, { jsonrpc: '2.0', method: 'notifications/initialized' });
  return { fixture, input, output, serving, said, say };
}

test('ends when its input ends, with every call at its one end', async () => {
  const { fixture, input, serving, say } = await open();
  say(legacyCall('box_wait', { target: 'store/a', ms: 60_000 }));
  await vi.waitFor(() => expect(fixture.box.running).toBe(1), { timeout: 15_000 });
  input.end();
  await serving.ended;
  expect(fixture.box).toMatchObject({ running: 0, aborted: 1 });
  const records = await auditRecords(fixture);
  expect(records.filter(({ kind }) => kind === 'request')).toHaveLength(1);
  expect(records.filter(({ kind }) => kind === 'response')).toMatchObject([{ outcome: 'cancelled' }]);
  await fixture.close();
});

test('writes nothing but MCP, whatever it is sent', async () => {
  const { fixture, input, output, serving, said, say } = await open();
  input.write('this is no JSON\n{"jsonrpc":"1.0"}\n\n');
  say(legacyCall('box_fail', { target: 'store/a', known: false }), {
    jsonrpc: '2.0',
    id: 2,
    method: 'tools/list',
  });
  await vi.waitFor(() => expect(fixture.box.ran.get('box_fail')).toBe(1), { timeout: 15_000 });
  await vi.waitFor(() => expect(output.readableLength === 0 && fixture.box.running === 0).toBe(true), {
    timeout: 15_000,
  });
  await serving.close();
  output.end();
  const lines = (await said).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).jsonrpc)).toEqual(lines.map(() => '2.0'));
  expect(lines.join()).not.toContain('hunter2');
  await fixture.close();
});

test('acts for the principal that it was started for', async () => {
  const fixture = await openFixtureStack();
  const [input, output] = [new PassThrough(), new PassThrough()];
  const serving = serveStdioFor(fixture.stackward, { principal: 'other', input, output });
  const said = text(output);
  input.write(`${JSON.stringify(initialize)}\n`);
  input.write(`${JSON.stringify(legacyCall('box_put', { target: 'store/a', key: 'k', value: 'v' }))}\n`);
  await vi.waitFor(
    async () => expect((await auditRecords(fixture)).some(({ kind }) => kind === 'response')).toBe(true),
    { timeout: 15_000 },
  );
  input.end();
  await serving.ended;
  output.end();
  expect(await said).toContain('unknown_tool');
  expect(fixture.box.ran.size).toBe(0);
  await fixture.close();
});
