import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { oncallPage } from '../../../src/services/on-call/tools/oncall-page.ts';
import { oncallResolve } from '../../../src/services/on-call/tools/oncall-resolve.ts';
import { oncallStatus } from '../../../src/services/on-call/tools/oncall-status.ts';
import { type AmServer, program, startAlertmanager } from '../alertmanager/server.ts';
import { alertmanagerAt, type OnCallLab, openOnCall, somePage } from './lab.ts';

const Alerts = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()),
    startsAt: z.string(),
    endsAt: z.string(),
  }),
);

describe.skipIf(!program)('pages in the real Alertmanager', () => {
  let server: AmServer;
  let lab: OnCallLab;
  beforeAll(async () => {
    server = await startAlertmanager();
    lab = openOnCall(alertmanagerAt(server.url));
  });
  afterAll(() => server?.stop());

  const api = async (method: string, path: string, body?: unknown) => {
    const headers = { 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body), headers };
    const answer = await fetch(`${server.url}/api/v2/${path}`, { method, ...sent });
    expect(answer.ok, await answer.clone().text()).toBe(true);
    return answer.text();
  };
  const alerts = async () => Alerts.parse(JSON.parse(await api('GET', 'alerts')));
  const state = async () =>
    (await alerts()).map(({ labels, annotations }) => JSON.stringify({ labels, annotations })).sort();

  test('a page is one alert with the topology’s labels, lasting a day', async () => {
    const page = somePage();
    const { output } = await lab.write(oncallPage, undefined, page);
    expect(output.result).toBe('sent');
    const found = (await alerts()).filter(({ labels }) => labels.stackward_key === page.key);
    expect(found).toEqual([
      {
        labels: {
          alertname: 'StackwardPage',
          severity: 'critical',
          component: 'orders-db',
          team: 'shop',
          stackward_key: page.key,
        },
        annotations: {
          summary: page.summary,
          description: page.details,
          asked_by: 'tester',
          call: expect.stringMatching(/^call-/),
        },
        startsAt: expect.any(String),
        endsAt: expect.any(String),
      },
    ]);
    const hours = (Date.parse(found[0]?.endsAt ?? '') - Date.now()) / 3_600_000;
    expect(Math.round(hours)).toBe(24);
    expect(Date.parse(found[0]?.startsAt ?? '')).toBeLessThanOrEqual(Date.now());
  });

  test('the same key again, otherwise worded, is the same page', async () => {
    const page = somePage();
    await lab.write(oncallPage, undefined, page);
    const before = await state();
    const again = await lab.write(oncallPage, undefined, { ...page, severity: 'info', summary: 'other' });
    expect(again.output.result).toBe('already_open');
    expect(await state()).toEqual(before);
    await lab.revert(oncallPage, undefined, page, again);
    expect(await state()).toEqual(before);
  });

  test('the status shows pages of Stackward with the topology’s labels, silenced or not, and no other alert', async () => {
    const page = somePage();
    await lab.write(oncallPage, undefined, page);
    const foreign = { alertname: 'StackwardPage', team: 'finance', stackward_key: 'of-finance' };
    await api('POST', 'alerts', [{ labels: foreign }, { labels: { alertname: 'Other', team: 'shop' } }]);
    await server.silence([{ name: 'stackward_key', value: page.key }]);
    const shown = async () => (await lab.read(oncallStatus, undefined, {})).open;
    await expect.poll(shown).toContainEqual({
      title: page.summary,
      state: 'silenced',
      since: expect.any(String),
      key: page.key,
    });
    const { open, known_from } = await lab.read(oncallStatus, undefined, {});
    expect(known_from).toBe('provider');
    expect(open.some(({ key }) => key === 'of-finance' || key === undefined)).toBe(false);
  });

  test('resolving ends it, and only it', async () => {
    const page = somePage();
    const before = await state();
    await lab.write(oncallPage, undefined, page);
    await lab.write(oncallResolve, undefined, { key: page.key });
    expect(await state()).toEqual(before);
    await expect(lab.write(oncallResolve, undefined, { key: page.key })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('write, then revert, gives the alerts before, whatever stands in the texts', async () => {
    const words = ['"', '\\', 'a"b\\c', '{{ .Labels }}', '<!channel>', '@ann', 'ü€😀', "'", '$&'];
    for (let i = 0; i < 25; i++) {
      const before = await state();
      const summary = `x ${words[randomInt(words.length)]} y`;
      const page = somePage(randomInt(2) ? { summary } : { summary, details: undefined });
      const written = await lab.write(oncallPage, undefined, page);
      expect(await state()).toHaveLength(before.length + 1);
      await lab.revert(oncallPage, undefined, page, written);
      await lab.revert(oncallPage, undefined, page, written);
      expect(await state()).toEqual(before);
    }
  });

  test('a page that somebody changed stays, and the revert says so', async () => {
    const page = somePage();
    const written = await lab.write(oncallPage, undefined, page);
    const [found] = (await alerts()).filter(({ labels }) => labels.stackward_key === page.key);
    const annotations = { ...found?.annotations, runbook: 'taken by ann' };
    await api('POST', 'alerts', [{ labels: found?.labels, annotations, endsAt: found?.endsAt }]);
    const before = await state();
    await expect(lab.revert(oncallPage, undefined, page, written)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await state()).toEqual(before);
  });

  test('a page of a key that was resolved and opened anew by another call stays', async () => {
    const page = somePage();
    const written = await lab.write(oncallPage, undefined, page);
    await lab.write(oncallResolve, undefined, { key: page.key });
    await lab.write(oncallPage, undefined, page);
    const before = await state();
    await expect(lab.revert(oncallPage, undefined, page, written)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await state()).toEqual(before);
  });
});
