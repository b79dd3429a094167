import { expect, test } from 'vitest';
import type { EventBody, RunEvent } from '../../src/triage/events.ts';
import { createRunList } from '../../src/triage/run-list.ts';

const event = (run: string, seq: number, body: EventBody): RunEvent => ({
  run,
  seq,
  at: `2026-03-03T10:00:0${seq}.000Z`,
  diagnoser: 'rules',
  backend: 'mock',
  ...body,
});
const trigger: EventBody = { type: 'step', step: 'trigger', state: 'finished', detail: 'it fails' };

test('lists runs by their beginning, newest first, page by page', () => {
  const list = createRunList();
  for (const run of ['i-1', 'i-2', 'i-3']) list.take(event(run, 1, trigger));
  list.take(event('i-1', 2, { type: 'done', ending: 'healed', reason: 'it is well' }));
  const names = (before?: string) =>
    list.page({ limit: 2, ...(before ? { before } : {}) }).map(({ run }) => run);
  expect(names()).toEqual(['i-3', 'i-2']);
  expect(names('i-2')).toEqual(['i-1']);
  expect(names('i-1')).toEqual([]);
  expect(names('i-9')).toEqual([]);
  expect(list.page({ limit: 9 }).at(-1)).toMatchObject({
    about: 'it fails',
    begun: '2026-03-03T10:00:01.000Z',
    latest: '2026-03-03T10:00:02.000Z',
    ...{ events: 2, mode: 'hardened', backend: 'mock', ending: 'healed', reason: 'it is well' },
  });
});
