import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { answerJson, ENDPOINTS, openService } from '../services/http-service/fixture.ts';

/** Speaks some bytes after a request came, then never ends. */
async function speaks(bytes: string) {
  let begin = () => {};
  const asked = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write(bytes);
      begin();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sockets = new Set<import('node:net').Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { base_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const BEGINNINGS = ['', 'HTTP/1.1 200 OK\r\n', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nsome'];

test.for(BEGINNINGS)('a caller that goes away does not wait for the rest of %j', async (beginning) => {
  const { base_url, asked } = await speaks(beginning);
  const api = await openService(ENDPOINTS, answerJson({}), { connection: { base_url } });
  const leaving = new AbortController();
  const read = api.stack.call(
    'http_read',
    { target: 'api/get-order', params: { id: '1' } },
    { as: 'bot', signal: leaving.signal },
  );
  await asked;
  leaving.abort();
  expect((await read).content[0]).toMatchObject({ text: expect.stringMatching(/^cancelled/) });
});

test.for(BEGINNINGS)('a write of which only %j was answered is of unknown outcome', async (beginning) => {
  const { base_url, asked } = await speaks(beginning);
  const api = await openService(ENDPOINTS, answerJson({}), { connection: { base_url } });
  const leaving = new AbortController();
  const write = api.stack.call(
    'http_write',
    { target: 'api/create', params: { customer: 'x' } },
    { as: 'bot', signal: leaving.signal },
  );
  await asked;
  leaving.abort();
  expect((await write).content[0]).toMatchObject({ text: expect.stringMatching(/^outcome_unknown/) });
});

test.for([
  'SSH-2.0-OpenSSH\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
  '\0\0\0',
])('an answer that is not clean HTTP, %j, is a failure of the service', async (bytes) => {
  const { base_url } = await speaks(bytes);
  const api = await openService(ENDPOINTS, answerJson({}), { connection: { base_url } });
  expect((await api.call('http_read', 'get-order', { id: '1' })).text).toMatch(/^backend_failed/);
});

test('a service that asks to switch protocols is left', async () => {
  const { base_url } = await speaks(
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
  );
  const api = await openService(ENDPOINTS, answerJson({}), { connection: { base_url } });
  expect((await api.call('http_read', 'get-order', { id: '1' })).text).toMatch(
    /^(unreachable|backend_failed)/,
  );
});
