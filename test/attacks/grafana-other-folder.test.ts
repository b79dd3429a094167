import { describe, expect, test } from 'vitest';
import { alertRules } from '../../src/services/grafana/tools/alert-rules.ts';
import { annotations } from '../../src/services/grafana/tools/annotations.ts';
import { createAnnotation } from '../../src/services/grafana/tools/create-annotation.ts';
import { dashboard } from '../../src/services/grafana/tools/dashboard.ts';
import { folders } from '../../src/services/grafana/tools/folders.ts';
import { panelQueries } from '../../src/services/grafana/tools/panel-queries.ts';
import { runPanel } from '../../src/services/grafana/tools/run-panel.ts';
import { search } from '../../src/services/grafana/tools/search.ts';
import { updateDashboard } from '../../src/services/grafana/tools/update-dashboard.ts';
import { OF_FINANCE } from '../services/grafana/filled.ts';
import { openLab } from '../services/grafana/lab.ts';

const lab = openLab();

/** Dashboards of another folder, of a subfolder, and of none. */
const THEIRS = ['fin-main', 'sub-main', 'loose-main'];
const UPDATE = { version: 1, reason: 'drill', title: 'Mine' };

describe.each(THEIRS)('a dashboard outside the link (%s)', (uid) => {
  test('is not shown, run, annotated or changed', async () => {
    const scoped = lab.scoped();
    const at = { dashboard: uid, panel: 1 };
    await lab.unwritten(() => scoped.read(dashboard, 'shop', { uid }));
    await lab.unwritten(() => scoped.read(panelQueries, 'shop', at));
    await lab.unwritten(() => scoped.read(runPanel, 'shop', at));
    expect(lab.twin().requests.map(({ path }) => path)).toEqual([`/api/dashboards/uid/${uid}`]);
    await lab.unwritten(() => scoped.read(annotations, 'shop', { dashboard: uid }));
    expect(lab.twin().requests.map(({ path }) => path)).toEqual([`/api/dashboards/uid/${uid}`]);
    await lab.unwritten(() => scoped.write(createAnnotation, 'shop', { dashboard: uid, text: 'x' }));
    await lab.unwritten(() => scoped.write(updateDashboard, 'shop', { dashboard: uid, ...UPDATE }));
  });

  test('cannot be told from one that is not there', async () => {
    const ask = (one: string) => lab.scoped().read(dashboard, 'shop', { uid: one }).then(String, String);
    expect(await ask(uid)).toBe(await ask('nowhere'));
  });
});

test('annotations of the organisation are not listed through a folder', async () => {
  await lab.refused(() => lab.scoped().read(annotations, 'shop', {}));
});

test('a parent that is named does not open another folder', async () => {
  for (const parent of ['finance', 'shop']) {
    const { folders: shown } = await lab.scoped().read(folders, 'shop', { parent });
    expect(shown).toEqual([{ uid: 'shop', title: 'Shop team' }]);
  }
});

test('a dashboard that moves away between look and save is not fetched back', async () => {
  const write = () =>
    lab.scoped().write(updateDashboard, 'shop', { dashboard: 'shop-main', ...UPDATE }, { between });
  const between = async () => {
    const { state } = lab.twin();
    const stored = state.dashboards.get('shop-main');
    if (stored) state.save(stored, stored.model, 'finance', 'moved');
  };
  await expect(write()).rejects.toMatchObject({ code: 'not_found' });
  expect(lab.twin().writes()).toEqual([]);
});

test('one that moves away at the last moment stays where it was put', async () => {
  const { state, mood } = lab.twin();
  const stored = state.dashboards.get('shop-main');
  mood.meanwhile = () => stored && state.save(stored, stored.model, 'finance', 'moved');
  const writing = lab.scoped().write(updateDashboard, 'shop', { dashboard: 'shop-main', ...UPDATE });
  await expect(writing).rejects.toMatchObject({ code: 'conflict' });
  expect(stored).toMatchObject({ folderUid: 'finance', model: { title: 'Shop' } });
});

test('a rule of another folder is not shown where Grafana leaves the filter away', async () => {
  // Grafana answers so when the account may not see the folder.
  lab.twin().state.folders.delete('shop');
  const { rules } = await lab.scoped().read(alertRules, 'shop', {});
  expect(lab.twin().requests.at(-1)?.query).toContainEqual(['folder_uid', 'shop']);
  expect(rules.map(({ name }) => name)).toEqual(['Shop down', 'Shop slow']);
});

test('words of a search are words, whatever they look like', async () => {
  for (const text of ['', 'x&folderUIDs=finance', 'Payouts', '%00', '"; drop', '../finance']) {
    const found = await lab
      .scoped()
      .read(search, 'shop', { text })
      .catch(() => ({ dashboards: [] }));
    expect(JSON.stringify(found)).not.toMatch(OF_FINANCE);
  }
  for (const { query } of lab.twin().requests)
    expect(query.filter(([name]) => name === 'folderUIDs')).toEqual([['folderUIDs', 'shop']]);
});
