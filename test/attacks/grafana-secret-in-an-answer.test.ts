import { expect, test } from 'vitest';
import { alertRules } from '../../src/services/grafana/tools/alert-rules.ts';
import { annotations } from '../../src/services/grafana/tools/annotations.ts';
import { createAnnotation } from '../../src/services/grafana/tools/create-annotation.ts';
import { dashboard } from '../../src/services/grafana/tools/dashboard.ts';
import { datasourceHealth } from '../../src/services/grafana/tools/datasource-health.ts';
import { datasources } from '../../src/services/grafana/tools/datasources.ts';
import { panelQueries } from '../../src/services/grafana/tools/panel-queries.ts';
import { runPanel } from '../../src/services/grafana/tools/run-panel.ts';
import { search } from '../../src/services/grafana/tools/search.ts';
import { updateDashboard } from '../../src/services/grafana/tools/update-dashboard.ts';
import { openLab } from '../services/grafana/lab.ts';
import { TOKEN } from '../twins/grafana.ts';
import { BACKEND_SECRET } from '../twins/grafana-state.ts';

const lab = openLab();
const LEAK = new RegExp(`${BACKEND_SECRET}|s3cret|${TOKEN}|somebody@example|backend:9090`);

test('addresses, settings and passwords of data sources, errors of rules and contact points are not shown', async () => {
  const whole = lab.whole();
  const shown = [
    await whole.read(datasources, undefined, {}),
    await whole.read(datasourceHealth, undefined, { uid: 'prom-1' }),
    await whole.read(datasourceHealth, undefined, { uid: 'sql-1' }),
    await whole.read(alertRules, undefined, {}),
    await whole.read(annotations, undefined, {}),
    await whole.read(dashboard, undefined, { uid: 'shop-main' }),
  ];
  expect(JSON.stringify(shown)).not.toMatch(LEAK);
  expect(JSON.stringify(shown)).toMatch(/prom-1.*Shop down.*deployed.*Runbook/);
});

test('headers and addresses in a stored query are not shown', async () => {
  const secret = { headers: [{ value: BACKEND_SECRET }], data: BACKEND_SECRET };
  lab.twin().state.editByHand('shop-main', (model) => {
    model.panels = [
      {
        id: 1,
        type: 'x',
        targets: [
          { refId: 'A', url: `http://${BACKEND_SECRET}@x`, url_options: secret, body: BACKEND_SECRET },
        ],
      },
    ];
  });
  const shown = await lab.whole().read(panelQueries, undefined, { dashboard: 'shop-main', panel: 1 });
  expect(shown.queries).toEqual([{ ref_id: 'A' }]);
});

test.each([400, 401, 403, 404, 409, 412, 422, 500, 502])(
  'an error with status %i is not quoted',
  async (status) => {
    const words = `dial http://u:${BACKEND_SECRET}@backend:9090, Authorization: Bearer ${TOKEN}`;
    const bodies = [
      words,
      JSON.stringify(words),
      JSON.stringify({ message: words, error: words, traceID: words }),
      JSON.stringify({ message: `provisioned dashboard ${words}` }),
      JSON.stringify({ message: words, status: 'version-mismatch' }),
      JSON.stringify({ message: words, status: words }),
      JSON.stringify({ status: 'ERROR', message: words }),
      JSON.stringify({ results: { A: { error: words } } }),
    ];
    const at = { dashboard: 'shop-main' };
    for (const body of bodies) {
      lab.twin().mood.answer = { status, body };
      const attempts = [
        () => lab.whole().read(search, undefined, {}),
        () => lab.whole().read(runPanel, undefined, { ...at, panel: 1 }),
        () => lab.whole().write(createAnnotation, undefined, { ...at, text: 'x' }),
        () => lab.whole().write(updateDashboard, undefined, { ...at, version: 1, reason: 'x', title: 'y' }),
      ];
      for (const attempt of attempts) {
        const error = await attempt().then(String, String);
        expect(error).toContain('ToolError');
        expect(error).not.toMatch(LEAK);
      }
    }
  },
);

test('a query whose answer holds an error is not quoted', async () => {
  lab.twin().frames = () => ({ error: `dial http://u:${BACKEND_SECRET}@backend:9090` });
  const answer = await lab.whole().read(runPanel, undefined, { dashboard: 'shop-main', panel: 1 });
  expect(answer.not_run).toHaveLength(2);
  expect(JSON.stringify(answer)).not.toMatch(LEAK);
});
