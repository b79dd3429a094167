import fc from 'fast-check';
import { fill, MODEL } from '../../../services/grafana/filled.ts';
import { type GrafanaTwin, startGrafanaTwin, TOKEN } from '../../../twins/grafana.ts';
import { caseOf, defineLab, fresh, type Scene, stopTwin, topologyOf } from '../lab.ts';

const line = fc.stringMatching(/^[a-zü][a-zü ]{0,18}[a-z]$/);
const patch = fc.record(
  {
    title: line,
    description: line,
    tags: fc.uniqueArray(fc.constantFrom('one', 'two', 'three'), { maxLength: 3 }),
    time_from: fc.constantFrom('now-1h', 'now/d'),
    refresh: fc.constantFrom('', '5m'),
    panels: fc
      .record({ id: fc.constantFrom(1, 3, 5), title: line, unit: fc.constantFrom('bytes', 's') })
      .map((panel) => [{ ...panel, thresholds: { base: 'green', steps: [{ value: 0.5, color: 'red' }] } }]),
  },
  { requiredKeys: ['panels'] },
);
/** Fields that a dashboard may or may not have before. */
const absent = fc.subarray(['description', 'tags', 'refresh', 'time'] as const);

const dashboardOf = ({ state }: GrafanaTwin, uid: string) => {
  const found = state.dashboards.get(uid);
  if (!found) throw new Error(`there is no dashboard ${uid}`);
  return found;
};

/** One dashboard with its annotations, less what only grows or is the server's to choose. */
function contentOf(twin: GrafanaTwin, uid: string) {
  const { version: _, ...model } = dashboardOf(twin, uid).model;
  const annotations = twin.state.annotations
    .filter(({ dashboardUID }) => dashboardUID === uid)
    .map(({ id: _id, created: _created, updated: _updated, ...annotation }) => annotation);
  return structuredClone({ model, annotations });
}

function sceneOf(twin: GrafanaTwin, uid: string, more: Pick<Scene, 'args' | 'interfere' | 'alike'>): Scene {
  const beside = fresh('beside');
  twin.state.addDashboard('shop', beside, { title: 'Beside', panels: [] });
  return {
    read: async () => ({ own: contentOf(twin, uid), others: contentOf(twin, beside) }),
    beside: () => twin.state.addAnnotation({ text: 'by hand', dashboardUID: beside }),
    ...more,
  };
}

export const grafana = defineLab<GrafanaTwin>({
  name: 'the twin of Grafana',
  async start() {
    const twin = await startGrafanaTwin();
    fill(twin);
    return twin;
  },
  stop: stopTwin,
  stackOver: ({ url }) => ({
    topology: topologyOf(
      'dash',
      `type: grafana, url: ${url}, credentials: {token: {env: GRAFANA_TOKEN}}, folders: {shop: {}}`,
      'operates',
    ),
    env: { GRAFANA_TOKEN: TOKEN, MCP_DASH_WRITE_ACCESS: 'true' },
  }),
  cases: {
    grafana_update_dashboard: caseOf(fc.tuple(patch, absent), async (twin, [wanted, without]) => {
      const uid = fresh('own');
      const model: Record<string, unknown> = structuredClone(MODEL);
      for (const field of without) delete model[field];
      twin.state.addDashboard('shop', uid, model);
      return sceneOf(twin, uid, {
        args: { dashboard: uid, version: 1, reason: 'to see', ...wanted },
        interfere: () =>
          twin.state.editByHand(uid, (changed) => {
            changed.title = 'by hand';
          }),
      });
    }),
    grafana_create_annotation: caseOf(
      fc.record(
        {
          text: line,
          panel: fc.constantFrom(1, 3),
          tags: fc.uniqueArray(fc.constantFrom('one', 'two'), { maxLength: 2 }),
          end: fc.constant('now+5m'),
        },
        { requiredKeys: ['text'] },
      ),
      async (twin, { end: _, ...given }) => {
        const uid = fresh('own');
        twin.state.addDashboard('shop', uid, structuredClone(MODEL));
        return sceneOf(twin, uid, {
          args: { dashboard: uid, ...given },
          interfere: () => {
            const made = twin.state.annotations.find(({ dashboardUID }) => dashboardUID === uid);
            twin.state.editAnnotation(made?.id ?? 0, { text: `${made?.text} and so on` });
          },
          // Another call signs it, at another moment.
          alike: (own) =>
            (own as ReturnType<typeof contentOf>).annotations.map(({ panelId, tags }) => ({ panelId, tags })),
        });
      },
    ),
  },
});
