import { expect, test } from 'vitest';
import { type Answering, answerJson, ENDPOINTS, lastChange, openService } from './fixture.ts';

/** A small order service with a state. */
function shop(): { answer: Answering; orders: Map<string, string> } {
  const orders = new Map([['7', 'open']]);
  return {
    orders,
    answer({ method, url, body }, response) {
      const id = /^\/orders\/(\w+)/.exec(url)?.[1] ?? '';
      if (method === 'POST') {
        orders.set('8', 'open');
        answerJson({ order: { id: 8 } }, 201)({ method, url, body, headers: {} }, response);
      } else if (!orders.has(id)) response.writeHead(404).end();
      else if (method === 'GET') response.end(JSON.stringify({ id, status: orders.get(id) }));
      else if (method === 'DELETE') {
        orders.delete(id);
        response.writeHead(204).end();
      } else {
        orders.set(id, JSON.parse(body).status);
        response.writeHead(204).end();
      }
    },
  };
}

test('what was made is removed by the declared way back', async () => {
  const { answer, orders } = shop();
  const api = await openService(ENDPOINTS, answer);
  const { value } = await api.call('http_write', 'create', { customer: 'Ada', paid: false });
  expect(value).toMatchObject({ status: 201, json: { order: { id: 8 } }, reversible: true });
  expect(api.received.map(({ method, url, body }) => [method, url, body])).toEqual([
    ['POST', '/orders', '{"customer":"Ada","paid":false}'],
  ]);
  // The answer names it with a number, and the path takes a text.
  expect((await lastChange(api.stack)).after).toEqual({ response: { '/order/id': 8 }, state: null });
  await api.revert('create');
  expect(api.received.at(-1)).toMatchObject({ method: 'DELETE', url: '/orders/8', body: '' });
  expect([...orders.keys()]).toEqual(['7']);
});

test('what is gone already is not taken back silently', async () => {
  const { answer, orders } = shop();
  const api = await openService(ENDPOINTS, answer);
  await api.call('http_write', 'create', { customer: 'Ada' });
  orders.delete('8');
  await expect(api.revert('create')).rejects.toMatchObject({ code: 'conflict' });
});

test('a state that the way back could not put back is not overwritten', async () => {
  const { answer, orders } = shop();
  orders.set('7', 'shipped');
  const api = await openService(ENDPOINTS, answer);
  expect((await api.call('http_write', 'set-status', { id: '7', status: 'paid' })).text).toMatch(/^conflict/);
  expect(api.received.map(({ method }) => method)).toEqual(['GET']);
});

test('an update is put back to the state that was read before it', async () => {
  const { answer, orders } = shop();
  const api = await openService(ENDPOINTS, answer);
  await api.call('http_write', 'set-status', { id: '7', status: 'paid' });
  expect(orders.get('7')).toBe('paid');
  expect(await lastChange(api.stack)).toMatchObject({
    before: { state: { '/status': 'open' } },
    after: { state: { '/status': 'paid' } },
  });
  await api.revert('set-status');
  expect(orders.get('7')).toBe('open');
  // Once more finds nothing to do.
  const sent = api.received.length;
  await api.revert('set-status');
  expect(api.received.slice(sent).map(({ method }) => method)).toEqual(['GET']);
});

test('what somebody changed since is left as it is', async () => {
  const { answer, orders } = shop();
  const api = await openService(ENDPOINTS, answer);
  await api.call('http_write', 'set-status', { id: '7', status: 'paid' });
  orders.set('7', 'shipped');
  await expect(api.revert('set-status')).rejects.toMatchObject({ code: 'conflict' });
  expect(orders.get('7')).toBe('shipped');
});

test('without the state before there is no write', async () => {
  const { answer } = shop();
  const api = await openService(ENDPOINTS, answer);
  const { text } = await api.call('http_write', 'set-status', { id: '404', status: 'paid' });
  expect(text).toMatch(/^conflict/);
  expect(api.received.map(({ method }) => method)).toEqual(['GET']);
});

test('an answer that does not name what was made says that the way back is not known', async () => {
  const api = await openService(ENDPOINTS, answerJson({ made: true }, 201));
  const { value } = await api.call('http_write', 'create', { customer: 'Ada' });
  expect(value).toMatchObject({ ok: true, reversible: false });
  await expect(api.revert('create')).rejects.toMatchObject({ code: 'conflict' });
});

test('a write without a way back waits for a human, who is told the topology’s own reason', async () => {
  const { answer, orders } = shop();
  const api = await openService(ENDPOINTS, answer);
  const { text } = await api.call('http_write_irreversible', 'cancel', { id: '7' });
  expect(text).toMatch(/^approval_required/);
  expect(text).toContain('a cancelled order stays cancelled');
  expect(api.sent()).toBe('');
  const { approvals } = api.stack.stackward;
  expect((await approvals.list())[0]?.resources).toEqual(['api/cancel: DELETE /orders/7']);
  await approvals.decide((await approvals.list())[0]?.id ?? '', {
    decision: 'approved',
    by: 'me',
    reason: '',
  });
  expect((await api.call('http_write_irreversible', 'cancel', { id: '7' })).value).toMatchObject({
    status: 204,
  });
  expect(orders.has('7')).toBe(false);
});

test.for([
  [400, /^query_failed[\s\S]*no such customer/],
  [403, /^permission_denied/],
  [409, /^conflict/],
  [408, /^outcome_unknown/],
  [303, /^outcome_unknown/],
  [500, /^outcome_unknown/],
  [504, /^outcome_unknown/],
] as const)('a write that is answered with %s says whether it happened', async ([status, expected]) => {
  const api = await openService(ENDPOINTS, answerJson({ error: 'no such customer' }, status));
  expect((await api.call('http_write', 'create', { customer: 'x' })).text).toMatch(expected);
  expect(api.received).toHaveLength(1);
});

test('a write whose connection breaks after it was sent is not repeated and its outcome is unknown', async () => {
  const api = await openService(ENDPOINTS, (_, response) => response.destroy());
  expect((await api.call('http_write', 'create', { customer: 'x' })).text).toMatch(/^outcome_unknown/);
  expect(api.received).toHaveLength(1);
});

test('a write to a service that is not there surely did not happen', async () => {
  const api = await openService(ENDPOINTS, answerJson({}), {
    connection: { base_url: 'http://127.0.0.1:1' },
  });
  expect((await api.call('http_write', 'create', { customer: 'x' })).text).toMatch(/^unreachable/);
});
