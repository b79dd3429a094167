import { expect, test } from 'vitest';
import { PageParams } from '../../src/services/on-call/page.ts';
import { OpenParams } from '../../src/services/ticket-tracker/ticket.ts';
import { ToolError } from '../../src/toolset/errors.ts';
import { notifyThrough } from '../../src/triage/notifier.ts';
import type { Tools } from '../../src/triage/tools.ts';

const { signal } = new AbortController();
const notice = {
  run: 'i-abc-1234',
  component: 'orders-api',
  urgent: true,
  summary: `it failed\u0000\u202e ${'x'.repeat(400)}`,
  trail: ['gather: 5 services', `log: \u001b[31mred\u200b ${'y'.repeat(30_000)}`],
};

/** Tools that check what they are given by the real schemas. */
function tools(failing: readonly string[] = [], linked = ['oncall_page', 'ticket_open']) {
  const called: string[] = [];
  const it: Tools = {
    principal: 'triage',
    refresh: async () => {},
    targetsOf: (tool) => (linked.includes(tool) ? [`the-${tool}`] : []),
    async call(tool, { target, ...args }) {
      called.push(tool);
      if (failing.includes(tool)) throw new ToolError('unreachable', 'away');
      expect(target).toBe(`the-${tool}`);
      (tool === 'oncall_page' ? PageParams : OpenParams).parse(args);
      return { output: {}, seq: 7 };
    },
  };
  return { it, called };
}

test('pages first, then opens a ticket, with words that the tools take', async () => {
  const { it, called } = tools();
  expect(await notifyThrough(it).tell(notice, signal)).toEqual([
    'paged (audit 7)',
    'ticket opened (audit 7)',
  ]);
  expect(called).toEqual(['oncall_page', 'ticket_open']);
});

test('calls nobody where nobody is needed', async () => {
  const { it, called } = tools();
  await notifyThrough(it).tell({ ...notice, urgent: false }, signal);
  expect(called).toEqual(['ticket_open']);
});

test('one that fails does not keep the other from being told, and is said', async () => {
  const { it } = tools(['oncall_page']);
  expect(await notifyThrough(it).tell(notice, signal)).toEqual([
    'ticket opened (audit 7)',
    'not told everybody: unreachable: away',
  ]);
});

test('where both fail it fails; where none is linked it tells nobody', async () => {
  const { it } = tools(['oncall_page', 'ticket_open']);
  await expect(notifyThrough(it).tell(notice, signal)).rejects.toMatchObject({ code: 'unreachable' });
  expect(await notifyThrough(tools([], []).it).tell(notice, signal)).toEqual([]);
});
