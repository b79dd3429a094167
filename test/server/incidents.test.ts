import { expect, test } from 'vitest';
import type { IncidentDesk } from '../../src/server/http/incidents.ts';
import { AlertError } from '../../src/triage/alert.ts';
import { send } from './raw-http.ts';
import { openServed } from './served.ts';

const breaker = (seq: number) =>
  ({
    run: 'i-1',
    seq,
    at: '2026-03-03T10:00:00.000Z',
    diagnoser: 'rules',
    type: 'breaker',
    route: 'x',
    state: 'open',
  }) as const;

/** A desk with three events that then falls silent. */
const desk = (asked: unknown[] = []): IncidentDesk => ({
  principal: 'triage',
  async alert(body) {
    asked.push(body);
    if (JSON.stringify(body).includes('ghost')) throw new AlertError('there is no such component');
    return [{ run: 'i-1', joined: false }];
  },
  async *follow(after, signal) {
    for (let id = after + 1; id <= 3; id += 1) yield { id, event: breaker(id) };
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  },
  last: () => 3,
  page: () => [],
  kept: async () => ({ logs: [], exchanges: [] }),
});

/** Reads a stream until it holds the words, then hangs up. */
async function listen(url: string, headers: Record<string, string>, until: string): Promise<string> {
  const stop = new AbortController();
  const response = await fetch(`${url}/events`, { headers, signal: stop.signal });
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.includes(until)) break;
  }
  stop.abort();
  return text;
}

test('without a triage there are neither alerts nor events', async () => {
  const { url } = await openServed();
  expect((await send(`${url}/alerts`, { body: {} })).status).toBe(404);
  expect((await send(`${url}/events`, { method: 'GET' })).status).toBe(404);
});

test('an alert is taken before its run ends; one that names nothing is refused in words', async () => {
  const asked: unknown[] = [];
  const { url } = await openServed({ incidents: desk(asked) });
  const taken = await send(`${url}/alerts`, { body: { alerts: [] } });
  expect(taken).toMatchObject({ status: 202, json: { runs: [{ run: 'i-1', joined: false }] } });
  expect(asked).toEqual([{ alerts: [] }]);
  const refused = await send(`${url}/alerts`, { body: { component: 'ghost' } });
  expect(refused).toMatchObject({ status: 400, json: { error: { message: 'there is no such component' } } });
});

test('events go on after Last-Event-ID', async () => {
  const { url } = await openServed({ incidents: desk() });
  expect(await listen(url, {}, 'id: 3')).toMatch(/^id: 1\ndata: \{.*"seq":1,.*\}\n\nid: 2\n/);
  expect(await listen(url, { 'last-event-id': '2' }, 'id: 3')).toMatch(/^id: 3\n/);
  const strange = await send(`${url}/events`, { method: 'GET', headers: { 'last-event-id': '-1' } });
  expect(strange.status).toBe(400);
});

test('as soon as there are tokens both need one, and events are for the stack alone', async () => {
  const served = await openServed({ incidents: desk() });
  const { token } = await served.token('stack');
  const other = await served.token('reader');
  const bearer = (value: string) => ({ authorization: `Bearer ${value}` });
  expect((await send(`${served.url}/alerts`, { body: {} })).status).toBe(401);
  expect((await send(`${served.url}/events`, { method: 'GET' })).status).toBe(401);
  const barred = await send(`${served.url}/events`, { method: 'GET', headers: bearer(other.token) });
  expect(barred.status).toBe(403);
  expect((await send(`${served.url}/alerts`, { body: {}, headers: bearer(token) })).status).toBe(202);
  expect(await listen(served.url, bearer(token), 'id: 1')).toContain('id: 1');
});
