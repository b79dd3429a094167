import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { oncallPage } from '../../src/services/on-call/tools/oncall-page.ts';
import { oncallResolve } from '../../src/services/on-call/tools/oncall-resolve.ts';
import { oncallStatus } from '../../src/services/on-call/tools/oncall-status.ts';
import { type AmServer, program, startAlertmanager } from '../services/alertmanager/server.ts';
import {
  alertmanagerAt,
  expectStrict,
  openOnCall,
  pagerDutyEventsOnly,
  pagerDutyWithApi,
  somePage,
} from '../services/on-call/lab.ts';
import { type PagerDutyTwin, startPagerDutyTwin } from '../twins/pagerduty.ts';

describe('an incident that another tool opened on the same integration', () => {
  let pagerduty: PagerDutyTwin;
  beforeAll(async () => {
    pagerduty = await startPagerDutyTwin();
    for (const key of ['db-down', 'stackward-db', 'all.incidents']) pagerduty.openOther(key);
  });
  afterEach(() => expectStrict(pagerduty));
  afterAll(() => pagerduty.close());

  test.each(['db-down', 'stackward-db', 'all.incidents'])('%s stays open', async (key) => {
    await openOnCall(pagerDutyEventsOnly(pagerduty.url)).write(oncallResolve, undefined, { key });
    await expect(
      openOnCall(pagerDutyWithApi(pagerduty.url)).write(oncallResolve, undefined, { key }),
    ).rejects.toMatchObject({ code: 'not_found' });
    expect(pagerduty.incidents.map(({ status }) => status)).toEqual(['triggered', 'triggered', 'triggered']);
    const keys = pagerduty.requests.flatMap(({ json }) => (json as { dedup_key?: string })?.dedup_key ?? []);
    for (const sent of keys) expect(sent).toMatch(/^stackward:/);
  });

  test.each(['', '*', 'a', '../x', 'a b', 'a\nb', 'a"', 'x'.repeat(101), '{}', 'a,b', '-ab'])(
    '%j is no key',
    async (key) => {
      pagerduty.forget();
      const lab = openOnCall(pagerDutyWithApi(pagerduty.url));
      await expect(lab.write(oncallResolve, undefined, { key })).rejects.toThrow();
      await expect(lab.write(oncallPage, undefined, somePage({ key }))).rejects.toThrow();
      expect(pagerduty.requests).toEqual([]);
    },
  );
});

describe.skipIf(!program)('an alert of somebody else in the same Alertmanager', () => {
  let server: AmServer;
  beforeAll(async () => {
    server = await startAlertmanager();
  });
  afterAll(() => server?.stop());

  const alerts = async () => {
    const found = (await (await fetch(`${server.url}/api/v2/alerts`)).json()) as { labels: object }[];
    return found.map(({ labels }) => JSON.stringify(labels)).sort();
  };

  test('with our key but not our name, or not the topology’s labels, it neither shows nor ends', async () => {
    const { key } = somePage();
    const own = { alertname: 'StackwardPage', team: 'shop', stackward_key: key };
    const labels = [
      { ...own, alertname: 'Other' },
      { ...own, team: 'finance' },
      { ...own, stackward_key: `${key}x` },
      { alertname: 'StackwardPage', stackward_key: key },
    ];
    const endsAt = new Date(Date.now() + 3_600_000).toISOString();
    const startsAt = new Date().toISOString();
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(labels.map((one) => ({ labels: one, startsAt, endsAt })));
    expect((await fetch(`${server.url}/api/v2/alerts`, { method: 'POST', headers, body })).ok).toBe(true);
    const before = await alerts();
    const lab = openOnCall(alertmanagerAt(server.url));
    await expect(lab.write(oncallResolve, undefined, { key })).rejects.toMatchObject({ code: 'not_found' });
    const { open } = await lab.read(oncallStatus, undefined, {});
    expect(open.map((page) => page.key)).not.toContain(key);
    expect(await alerts()).toEqual(before);
  });

  test('a label of the topology that holds a quote is one label still', async () => {
    const labels = { team: 'shop",alertname=~".*' };
    const lab = openOnCall({ ...alertmanagerAt(server.url), labels });
    const before = await alerts();
    expect((await lab.read(oncallStatus, undefined, {})).open).toEqual([]);
    const page = somePage();
    const written = await lab.write(oncallPage, undefined, page);
    expect((await lab.read(oncallStatus, undefined, {})).open).toMatchObject([{ key: page.key }]);
    await lab.revert(oncallPage, undefined, page, written);
    expect(await alerts()).toEqual(before);
  });
});
