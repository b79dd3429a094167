import { expect, test } from 'vitest';
import { z } from 'zod';
import { openApi } from '../../src/services/grafana/http.ts';
import { tools } from '../../src/services/grafana/tools/index.ts';
import type { HttpRequest } from '../../src/toolset/http/client.ts';
import { openLab } from '../services/grafana/lab.ts';
import { TOKEN } from '../twins/grafana.ts';

const lab = openLab();
const signal = new AbortController().signal;
const ask = (access: 'read' | 'write', request: Omit<HttpRequest<unknown>, 'answer'>) =>
  openApi(lab.twin().url, { authorization: `Bearer ${TOKEN}` }, access).ask(
    { ...request, answer: z.unknown() },
    signal,
  );

const SAVE = {
  dashboard: { uid: 'shop-main', title: 'x', version: 1 },
  folderUid: 'shop',
  message: 'Stackward for tester: m',
  overwrite: false,
};
const MARK = { dashboardUID: 'shop-main', time: 1, timeEnd: 1, tags: [], text: 'Stackward for tester: x' };

test.each<Omit<HttpRequest<unknown>, 'answer'>>([
  { method: 'POST', path: ['dashboards', 'db'], json: SAVE },
  { method: 'POST', path: ['annotations'], json: MARK },
  { method: 'DELETE', path: ['annotations', '1'] },
  { method: 'DELETE', path: ['dashboards', 'uid', 'shop-main'] },
  { method: 'PUT', path: ['datasources', 'uid', 'prom-1'], json: {} },
  { method: 'GET', path: ['datasources', 'proxy', 'uid', 'prom-1', 'api', 'v1', 'query'] },
  { method: 'GET', path: ['datasources', 'uid', 'prom-1', 'resources', 'x'] },
  { method: 'GET', path: ['datasources', 'uid', 'prom-1'] },
  { method: 'GET', path: ['v1', 'provisioning', 'contact-points'] },
  { method: 'GET', path: ['admin', 'settings'] },
  { method: 'GET', path: ['serviceaccounts', 'search'] },
  { method: 'GET', path: ['search'], form: [['a', 'b']] },
  { method: 'GET', path: ['search'], json: {} },
])('a reader does not send $method $path', async (request) => {
  await expect(ask('read', request)).rejects.toThrow(TypeError);
  expect(lab.twin().requests).toEqual([]);
});

test.each<Omit<HttpRequest<unknown>, 'answer'>>([
  { method: 'POST', path: ['ds', 'query'], json: {} },
  { method: 'POST', path: ['dashboards', 'db'], json: { ...SAVE, overwrite: true } },
  { method: 'POST', path: ['dashboards', 'db'], json: { ...SAVE, isFolder: true } },
  { method: 'POST', path: ['dashboards', 'db'], json: { ...SAVE, folderUid: '../x' } },
  { method: 'POST', path: ['dashboards', 'db'], json: { ...SAVE, dashboard: { title: 'new' } } },
  { method: 'POST', path: ['annotations'], json: { ...MARK, dashboardUID: '' } },
  { method: 'POST', path: ['annotations'], json: { text: 'for everybody' } },
  { method: 'POST', path: ['annotations'], json: { ...MARK, text: 'by nobody' } },
  { method: 'POST', path: ['dashboards', 'db'], json: { ...SAVE, message: 'by nobody' } },
  { method: 'POST', path: ['annotations', 'mass-delete'], json: { dashboardId: 1, panelId: 1 } },
  { method: 'DELETE', path: ['annotations', '0'] },
  { method: 'DELETE', path: ['annotations', '1/../2'] },
  { method: 'DELETE', path: ['dashboards', 'uid', 'shop-main'] },
  { method: 'DELETE', path: ['folders', 'shop'] },
  { method: 'POST', path: ['folders'], json: { title: 'x' } },
])('a writer does not send $method $path with $json', async (request) => {
  await expect(ask('write', request)).rejects.toThrow(TypeError);
  expect(lab.twin().requests).toEqual([]);
});

test('what may leave does leave, so that the lock is what refuses the rest', async () => {
  await ask('read', { method: 'GET', path: ['search'], query: [['type', 'dash-db']] });
  await ask('write', { method: 'POST', path: ['annotations'], json: MARK });
  await ask('write', { method: 'POST', path: ['dashboards', 'db'], json: SAVE });
  expect(lab.twin().requests).toHaveLength(3);
});

test('only two tools write, and each of them has a way back', () => {
  const writes = tools.filter(({ access }) => access === 'write');
  expect(writes.map(({ name }) => name)).toEqual(['grafana_create_annotation', 'grafana_update_dashboard']);
  for (const { effect } of writes) expect(effect?.irreversible).toBeUndefined();
});
