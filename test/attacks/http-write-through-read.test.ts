import { expect, test } from 'vitest';
import { openClient } from '../../src/services/http-service/client.ts';
import { HttpEndpoint } from '../../src/services/http-service/endpoint.ts';
import { answerJson, ENDPOINTS, openService, serve } from '../services/http-service/fixture.ts';

const WRITES = ['set-status', 'create', 'cancel'];

test.for(WRITES)('%s is no target of http_read, in the list and at the call', async (endpoint) => {
  const api = await openService(ENDPOINTS, answerJson({}));
  const listed = api.stack.stackward.catalogs.of('bot').list.find(({ name }) => name === 'http_read');
  expect(listed?.inputSchema.properties).toMatchObject({ target: { enum: ['api/get-order', 'api/search'] } });
  const { text } = await api.call('http_read', endpoint, { id: '1', customer: 'x', status: 'paid' });
  expect(text).toMatch(/^not_linked/);
  expect(api.sent()).toBe('');
});

test('a write without a way back cannot be made by the tool that needs no human', async () => {
  const api = await openService(ENDPOINTS, answerJson({}));
  expect((await api.call('http_write', 'cancel', { id: '1' })).text).toMatch(/^not_linked/);
  expect((await api.call('http_write_irreversible', 'create', { customer: 'x' })).text).toMatch(
    /^not_linked/,
  );
  expect(api.sent()).toBe('');
});

test('without the flag there are no write tools', async () => {
  const api = await openService(ENDPOINTS, answerJson({}), { env: { MCP_API_WRITE_ACCESS: 'false' } });
  expect(api.stack.tools('bot').filter((name) => name.startsWith('http_'))).toEqual([
    'http_check',
    'http_endpoints',
    'http_read',
  ]);
  expect((await api.call('http_write', 'create', { customer: 'x' })).text).toMatch(/^unknown_tool/);
  expect(api.sent()).toBe('');
});

test('a flag of one endpoint opens that endpoint alone', async () => {
  const api = await openService(ENDPOINTS, answerJson({}), {
    env: { MCP_API_WRITE_ACCESS: 'false', MCP_API__CREATE_WRITE_ACCESS: 'true' },
  });
  expect((await api.call('http_write', 'set-status', { id: '1', status: 'paid' })).text).toMatch(
    /^not_linked/,
  );
  expect(api.sent()).toBe('');
});

test.for(WRITES)('the reading client itself sends no %s', async (name) => {
  const server = await serve(answerJson({}));
  const { reader, close } = openClient({ base_url: `http://127.0.0.1:${server.port}` }, undefined);
  const endpoint = HttpEndpoint.parse({ ...ENDPOINTS }[name as keyof typeof ENDPOINTS]);
  const bounds = { bytes: 1000, signal: new AbortController().signal };
  await expect(reader.read(endpoint, { id: '1' }, bounds)).rejects.toThrow(TypeError);
  close();
  expect(server.received).toEqual([]);
});

test('a wildcard in what a write names is refused by the gate', async () => {
  const api = await openService(ENDPOINTS, answerJson({}));
  expect((await api.call('http_write', 'set-status', { id: '*', status: 'paid' })).text).toMatch(
    /^write_refused/,
  );
  expect(api.sent()).toBe('');
});
