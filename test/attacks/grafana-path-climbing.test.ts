import { expect, test } from 'vitest';
import { annotations } from '../../src/services/grafana/tools/annotations.ts';
import { createAnnotation } from '../../src/services/grafana/tools/create-annotation.ts';
import { dashboard } from '../../src/services/grafana/tools/dashboard.ts';
import { datasourceHealth } from '../../src/services/grafana/tools/datasource-health.ts';
import { folders } from '../../src/services/grafana/tools/folders.ts';
import { panelQueries } from '../../src/services/grafana/tools/panel-queries.ts';
import { runPanel } from '../../src/services/grafana/tools/run-panel.ts';
import { updateDashboard } from '../../src/services/grafana/tools/update-dashboard.ts';
import { tapWire } from '../harness/wiretap.ts';
import { credentials, openGrafana, openLab } from '../services/grafana/lab.ts';

const lab = openLab();

test.each([
  '',
  '.',
  '..',
  '../../admin/settings',
  '..%2f..%2fadmin',
  'shop-main/versions',
  'shop-main/../fin-main',
  'shop-main?x=1',
  'shop-main#x',
  'shop-main\r\nDELETE /api/dashboards/uid/fin-main HTTP/1.1',
  'shop-main\0',
  'shop main',
  'ＳＨＯＰ',
  'x'.repeat(41),
])('%j is no uid, and no byte leaves for it', async (uid) => {
  const tap = await tapWire(lab.twin().port);
  const tapped = openGrafana({ url: `http://127.0.0.1:${tap.port}`, credentials });
  const at = { dashboard: uid, panel: 1 };
  await lab.refused(() => tapped.read(dashboard, undefined, { uid }));
  await lab.refused(() => tapped.read(panelQueries, undefined, at));
  await lab.refused(() => tapped.read(runPanel, undefined, at));
  await lab.refused(() => tapped.read(annotations, undefined, { dashboard: uid }));
  await lab.refused(() => tapped.read(folders, undefined, { parent: uid }));
  await lab.refused(() => tapped.read(datasourceHealth, undefined, { uid }));
  await lab.refused(() => tapped.write(createAnnotation, undefined, { dashboard: uid, text: 'x' }));
  const args = { dashboard: uid, version: 1, reason: 'drill', title: 'Mine' };
  await lab.refused(() => tapped.write(updateDashboard, undefined, args));
  expect(tap.sent()).toHaveLength(0);
  await tap.close();
});

test.each(['../finance', 'a/b', '..', ''])(
  'a folder of the topology named %j is an error there',
  async (uid) => {
    const { FolderEntry } = await import('../../src/services/grafana/connection.ts');
    expect(FolderEntry.safeParse({ uid }).success).toBe(false);
  },
);
