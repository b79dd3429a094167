import { expect, test } from 'vitest';
import { oncallPage } from '../../src/services/on-call/tools/oncall-page.ts';
import { oncallResolve } from '../../src/services/on-call/tools/oncall-resolve.ts';
import { oncallStatus } from '../../src/services/on-call/tools/oncall-status.ts';
import { alertmanagerAt, openOnCall, pagerDutyWithApi, somePage } from '../services/on-call/lab.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';
import { SERVICE } from '../twins/pagerduty.ts';

test('alerts that Alertmanager, or a proxy before it, sends unasked neither show nor end', async () => {
  const { key } = somePage();
  const own = { alertname: 'StackwardPage', team: 'shop', stackward_key: key };
  const alerts = [
    { ...own, alertname: 'Other' },
    { ...own, team: 'finance' },
    { alertname: 'StackwardPage', stackward_key: key },
    { ...own, Team: 'shop', team: 'SHOP' },
  ].map((labels) => ({
    labels,
    annotations: { summary: 'salaries' },
    startsAt: '2026-01-01T00:00:00Z',
    status: { state: 'active' },
  }));
  const server = await recordingServer((_, response) => response.end(JSON.stringify(alerts)));
  const lab = openOnCall(alertmanagerAt(server.url));
  expect((await lab.read(oncallStatus, undefined, {})).open).toEqual([]);
  await expect(lab.write(oncallResolve, undefined, { key })).rejects.toMatchObject({ code: 'not_found' });
  expect(server.received.map(({ method }) => method)).toEqual(['GET', 'GET']);
  await server.close();
});

test('incidents of other services and people of other policies that PagerDuty sends unasked do not show', async () => {
  const incident = (id: string, status: string) => ({
    title: 'salaries',
    status,
    created_at: '2026-01-01T00:00:00Z',
    incident_key: 'stackward:x',
    service: { id },
  });
  const duty = (id: string) => ({
    escalation_policy: { id },
    escalation_level: 1,
    user: { summary: 'somebody of finance' },
    end: null,
  });
  const server = await recordingServer(({ url }, response) => {
    const answer = url.startsWith('/services/')
      ? { service: { escalation_policy: { id: 'POURS' } } }
      : {
          incidents: [incident('POTHER', 'triggered'), incident(SERVICE, 'resolved')],
          oncalls: [duty('POTHER')],
        };
    response.end(JSON.stringify(answer));
  });
  const lab = openOnCall(pagerDutyWithApi(server.url));
  expect(await lab.read(oncallStatus, undefined, {})).toMatchObject({ open: [], on_call: [] });
  await expect(lab.write(oncallResolve, undefined, { key: 'some-key' })).rejects.toMatchObject({
    code: 'not_found',
  });
  expect(new Set(server.received.map(({ method }) => method))).toEqual(new Set(['GET']));
  await server.close();
});

test('an incident of another key, sent unasked, is no reason to call nobody', async () => {
  const incident = {
    title: 'something else',
    status: 'triggered',
    created_at: '2026-01-01T00:00:00Z',
    incident_key: 'stackward:another',
    service: { id: SERVICE },
  };
  const server = await recordingServer(({ method }, response) => {
    const answer = method === 'POST' ? { status: 'success' } : { incidents: [incident] };
    response.end(JSON.stringify(answer));
  });
  const lab = openOnCall(pagerDutyWithApi(server.url));
  expect((await lab.write(oncallPage, undefined, somePage())).output.result).toBe('sent');
  expect(server.received.filter(({ method }) => method === 'POST')).toHaveLength(1);
  await server.close();
});
