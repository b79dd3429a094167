import { afterEach, expect, test } from 'vitest';
import { alertRules } from '../../src/services/grafana/tools/alert-rules.ts';
import { annotations } from '../../src/services/grafana/tools/annotations.ts';
import { dashboard } from '../../src/services/grafana/tools/dashboard.ts';
import { folders } from '../../src/services/grafana/tools/folders.ts';
import { search } from '../../src/services/grafana/tools/search.ts';
import { updateDashboard } from '../../src/services/grafana/tools/update-dashboard.ts';
import { credentials, openGrafana } from '../services/grafana/lab.ts';
import { recordingServer } from '../services/prometheus/fixture.ts';

type Server = Awaited<ReturnType<typeof recordingServer>>;
let server: Server | undefined;
afterEach(() => server?.close());

/** A server, or a proxy before it, that heeds no filter and answers each path so. */
async function heedless(answers: Record<string, unknown>) {
  server = await recordingServer(({ url }, response) => {
    const path = url.split('?')[0] ?? '';
    response.end(JSON.stringify(answers[path] ?? { message: `no ${path}` }));
  });
  return openGrafana({ url: server.url, credentials }, { shop: {} });
}

const FOREIGN = [undefined, '', 'general', 'finance', 'shop2', 'SHOP', 'shop ', ' shop', 'shop/x', 'sho'];
const board = (folderUid: string | undefined, uid = 'd1', more = {}) => ({
  meta: { folderUid, canSave: true, ...more },
  dashboard: { uid, title: 'payouts', version: 1, panels: [] },
});

test('dashboards of other folders are left out of what is found', async () => {
  const hit = (folderUid: string | undefined, type = 'dash-db') => ({
    uid: 'x',
    title: 'payouts',
    type,
    folderUid,
  });
  const lab = await heedless({
    '/api/search': [
      ...FOREIGN.map((one) => hit(one)),
      hit('shop', 'dash-folder'),
      { ...hit('shop'), title: 'own' },
    ],
  });
  expect((await lab.read(search, 'shop', {})).dashboards).toMatchObject([{ title: 'own' }]);
});

test.each(FOREIGN)('a dashboard said to lie in %j is neither shown nor saved', async (folderUid) => {
  const lab = await heedless({ '/api/dashboards/uid/d1': board(folderUid) });
  await expect(lab.read(dashboard, 'shop', { uid: 'd1' })).rejects.toMatchObject({ code: 'not_found' });
  const args = { dashboard: 'd1', version: 1, reason: 'drill', title: 'Mine' };
  await expect(lab.write(updateDashboard, 'shop', args)).rejects.toMatchObject({ code: 'not_found' });
  expect(server?.received.map(({ method }) => method)).toEqual(['GET', 'GET']);
});

test.each([
  ['another dashboard', board('shop', 'd2')],
  ['a folder', board('shop', 'd1', { isFolder: true })],
])('%s in place of the one that was asked for is not shown', async (_, answer) => {
  const lab = await heedless({ '/api/dashboards/uid/d1': answer });
  await expect(lab.read(dashboard, 'shop', { uid: 'd1' })).rejects.toMatchObject({ code: 'not_found' });
});

test('annotations of other dashboards, and of none, are left out', async () => {
  const one = (dashboardUID: string | undefined) => ({ id: 1, dashboardUID, text: 'payouts', time: 1 });
  const lab = await heedless({
    '/api/dashboards/uid/d1': board('shop'),
    '/api/annotations': [one(undefined), one(''), one('d2'), one('D1'), { ...one('d1'), text: 'own' }],
  });
  expect((await lab.read(annotations, 'shop', { dashboard: 'd1' })).annotations).toMatchObject([
    { text: 'own' },
  ]);
});

test('rules of other folders are left out, and another folder in place of the own is not shown', async () => {
  const group = (folderUid: string | undefined) => ({
    name: 'payouts',
    file: 'shop',
    folderUid,
    rules: [{ name: 'payouts' }],
  });
  const foreign = FOREIGN.filter((one) => one !== undefined);
  const lab = await heedless({
    '/api/prometheus/grafana/api/v1/rules': {
      status: 'success',
      data: { groups: [...foreign.map(group), { ...group('shop'), name: 'own' }] },
    },
    '/api/folders/shop': { uid: 'finance', title: 'payouts' },
  });
  expect((await lab.read(alertRules, 'shop', {})).rules).toMatchObject([{ group: 'own' }]);
  await expect(lab.read(folders, 'shop', {})).rejects.toMatchObject({ code: 'not_found' });
});
