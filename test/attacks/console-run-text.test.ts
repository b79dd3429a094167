/// <reference lib="dom" />
import { describe, expect, onTestFinished, test } from 'vitest';
import { openFileStores } from '../../src/store/files/stores.ts';
import type { EventBody } from '../../src/triage/events.ts';
import { openFeed } from '../../src/triage/feed.ts';
import { openShop } from '../console/shop.ts';
import { hasBrowser, soon } from '../harness/browser.ts';
import { folder } from '../triage/lab.ts';

const SCRIPT = '<img src=x onerror="globalThis.hacked = 1">';
/** Right-to-left override, an escape sequence, a zero width space. */
const HIDDEN = 'a\u202egpj.exe\u001b[31mred\u200bz';

const BODIES: readonly EventBody[] = [
  { type: 'step', step: 'trigger', state: 'finished', detail: SCRIPT },
  {
    type: 'step',
    step: 'gather',
    state: 'finished',
    detail: HIDDEN,
    data: {
      lines: [SCRIPT],
      series: {
        component: SCRIPT,
        metric: 'x',
        points: [
          [1, 1],
          ['2', {}],
        ],
      },
    },
  },
  { type: 'step', step: 'redact', state: 'finished', detail: '', data: { masked: { [SCRIPT]: 1 } } },
  {
    type: 'step',
    step: 'diagnose',
    state: 'finished',
    detail: SCRIPT,
    data: { diagnosis: { evidence: [SCRIPT], suspected_resource: SCRIPT, confidence: { a: 1 } } },
  },
  {
    type: 'gate',
    gate: 'quality',
    attempt: 1,
    verdict: {
      passed: false,
      checks: [{ rule: SCRIPT, passed: false, reason: HIDDEN }],
      reasons: [SCRIPT],
    },
  },
  { type: 'fallback', step: 'diagnose', from: SCRIPT, to: SCRIPT, why: SCRIPT },
  { type: 'blocked', what: SCRIPT, reasons: [SCRIPT, HIDDEN] },
  { type: 'breaker', route: SCRIPT, state: 'open' },
  { type: 'done', ending: 'handed_over', reason: SCRIPT },
];

/** The flaw: what alerts, logs and models say is run, obeyed or hidden in the operator's browser. */
describe.skipIf(!hasBrowser)('what a run tells', () => {
  test('is text in the list and in the trail, with nothing hidden', { timeout: 60_000 }, async () => {
    const feed = await openFeed(openFileStores(await folder()));
    onTestFinished(() => feed.close());
    const at = '2026-03-03T10:00:00.000Z';
    for (const [index, body] of BODIES.entries())
      await feed.add({ run: 'i-1', seq: index + 1, at, diagnoser: SCRIPT, ...body });
    const incidents = {
      principal: 'triage',
      alert: async () => [],
      ...{ follow: feed.follow, last: feed.last, page: feed.page },
      kept: async () => ({
        logs: [{ component: 'a', at, line: SCRIPT }],
        exchanges: [{ route: SCRIPT, prompt: SCRIPT, answer: HIDDEN }],
      }),
    };
    const { see, url } = await openShop({ incidents });
    for (const place of ['runs', 'runs/i-1', `runs/${encodeURIComponent(SCRIPT)}`]) {
      const { page, strangers } = await see(place);
      const text = () => page.getByRole('main').textContent();
      if (place === 'runs') await soon(text).toMatch(/onerror/);
      else if (place === 'runs/i-1') await soon(text).toMatch(/onerror.*\\u202e.*\\u001b.*\\u200b/s);
      else await page.getByText('Nothing is known of this run yet.').waitFor();
      expect(await page.evaluate(() => 'hacked' in globalThis), place).toBe(false);
      expect(await page.locator('img, iframe, main script, [onerror]').count(), place).toBe(0);
      expect(strangers).toEqual([]);
    }
    const stop = new AbortController();
    const stream = await fetch(`${url}/console/api/runs/events?run=i-1`, { signal: stop.signal });
    let told = '';
    for await (const chunk of stream.body ?? []) {
      told += Buffer.from(chunk).toString();
      if (told.includes('"done"')) break;
    }
    stop.abort();
    // A line feed within an event would begin another one, with an id of somebody's choice.
    for (const hidden of ['\u202e', '\u001b', '\u200b']) expect(told).not.toContain(hidden);
    expect(told.split('\n').filter((line) => line.startsWith('id: '))).toHaveLength(BODIES.length);
  });
});
