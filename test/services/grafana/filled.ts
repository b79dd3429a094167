import type { GrafanaTwin } from '../../twins/grafana.ts';

/** What only finance's dashboards, annotations and rules hold. */
export const OF_FINANCE = /finance|payouts|ledger/i;

/** `${name}`, as a stored query refers to a variable. */
export const braced = (name: string): string => `\${${name}}`;

export const prometheus = { type: 'prometheus', uid: 'prom-1' };
const loki = { type: 'loki', uid: 'loki-1' };

const variable = (name: string, more: object) => ({
  name,
  type: 'query',
  hide: 0,
  multi: false,
  includeAll: false,
  query: `label_values(${name})`,
  ...more,
});
const option = (value: string) => ({ text: value, value, selected: false });

export const VARIABLES = [
  variable('job', {
    label: 'Job',
    multi: true,
    includeAll: true,
    current: { text: ['All'], value: ['$__all'] },
    options: [option('$__all'), option('api'), option('web.v1')],
  }),
  variable('instance', { current: { text: 'a:9090', value: 'a:9090' }, options: [] }),
  variable('metric', {
    type: 'custom',
    current: { value: 'up' },
    options: [option('up'), option('go_goroutines')],
  }),
  variable('word', { type: 'textbox', current: { value: 'error' }, options: [] }),
  variable('fixed', { type: 'constant', hide: 2, query: 'prod', current: undefined }),
  variable('ds', {
    type: 'datasource',
    query: 'prometheus',
    current: { text: 'Prom', value: 'prom-1' },
    options: [],
  }),
];

/** A dashboard with a panel of each kind that matters. Fields of later versions have to survive a change. */
export const MODEL = {
  title: 'Shop',
  description: 'All of it',
  tags: ['shop', 'prod'],
  timezone: 'browser',
  schemaVersion: 39,
  refresh: '30s',
  time: { from: 'now-6h', to: 'now' },
  futureField: { keep: ['me', 1.5, null, true] },
  __proto__x: 1,
  annotations: { list: [{ builtIn: 1, datasource: '-- Grafana --' }] },
  templating: { list: VARIABLES },
  links: [
    { title: 'Runbook', type: 'link', url: 'https://ops:s3cret@wiki.example.org/run?token=s3cret#x' },
    { title: 'Others', type: 'dashboards', url: '' },
  ],
  panels: [
    {
      id: 1,
      type: 'timeseries',
      title: 'Requests',
      description: 'per second',
      datasource: prometheus,
      fieldConfig: {
        defaults: {
          unit: 'reqps',
          thresholds: { mode: 'absolute', steps: [{ color: 'green', value: null }] },
        },
        overrides: [],
      },
      targets: [
        {
          refId: 'A',
          datasource: prometheus,
          expr: 'sum(rate(http_requests_total{job=~"$job"}[$__rate_interval]))',
        },
        { refId: 'B', datasource: prometheus, expr: 'up{instance="$instance"}', instant: true, range: false },
        { refId: 'C', datasource: prometheus, expr: 'not_run', hide: true },
      ],
    },
    {
      id: 2,
      type: 'row',
      title: 'Logs',
      collapsed: true,
      panels: [
        {
          id: 3,
          type: 'logs',
          title: 'Errors',
          datasource: loki,
          targets: [{ refId: 'A', expr: '{job=~"$job"} |= "$word"', queryType: 'range', maxLines: 50 }],
        },
      ],
    },
    { id: 4, type: 'text', title: 'Notes', options: { mode: 'html', content: '<b>hi</b>' } },
    {
      id: 5,
      type: 'timeseries',
      title: 'Mixed',
      datasource: { type: 'datasource', uid: '-- Mixed --' },
      targets: [
        { refId: 'A', datasource: prometheus, expr: 'up' },
        { refId: 'B', datasource: { type: 'mysql', uid: 'sql-1' }, rawSql: 'select * from ledger' },
        {
          refId: 'C',
          datasource: { type: '__expr__', uid: '__expr__' },
          type: 'sql',
          expression: 'select 1',
        },
        {
          refId: 'D',
          datasource: { type: 'yesoreyeram-infinity-datasource', uid: 'inf-1' },
          url: 'http://x',
        },
      ],
    },
    {
      id: 6,
      type: 'stat',
      title: 'Shared',
      libraryPanel: { uid: 'lib-1', name: 'Shared' },
      targets: [{ refId: 'A', datasource: prometheus, expr: 'up' }],
    },
    {
      id: 7,
      type: 'stat',
      title: 'By variable',
      datasource: { type: 'prometheus', uid: braced('ds') },
      targets: [{ refId: 'A', expr: `${braced('metric')}{env="$fixed"}` }],
    },
  ],
};

/** Fills a twin with the folders shop and finance, and one dashboard in no folder. */
export function fill({ state }: GrafanaTwin): void {
  state.addFolder('shop', 'Shop team');
  state.addFolder('finance', 'Finance team');
  state.addFolder('shop-sub', 'Within shop: payouts', 'shop');
  state.addDashboard('shop', 'shop-main', structuredClone(MODEL));
  state.addDashboard('shop', 'shop-file', { title: 'Shop from a file', panels: [] }, true);
  state.addDashboard('finance', 'fin-main', {
    ...structuredClone(MODEL),
    title: 'Payouts',
    tags: ['ledger'],
  });
  state.addDashboard('shop-sub', 'sub-main', { title: 'Payouts below shop', panels: [] });
  state.addDashboard('', 'loose-main', { title: 'Loose', panels: [] });
  state.addSource('prom-1', 'prometheus', { isDefault: true });
  state.addSource('loki-1', 'loki');
  state.addSource('sql-1', 'mysql', { healthy: false });
  state.addSource('inf-1', 'yesoreyeram-infinity-datasource');
  state.addAnnotation({ text: 'deployed 1.2', dashboardUID: 'shop-main', tags: ['deploy'], time: at(10) });
  state.addAnnotation({ text: 'payouts stopped', dashboardUID: 'fin-main', tags: ['deploy'], time: at(20) });
  state.addAnnotation({ text: 'the ledger of everybody', time: at(30) });
  const firing = { state: 'Alerting', labels: { job: 'api' } };
  state.groups.push(
    {
      name: 'shop rules',
      folderUid: 'shop',
      rules: [
        { uid: 'r1', name: 'Shop down', state: 'firing', alerts: [firing, { state: 'Normal', labels: {} }] },
        { uid: 'r2', name: 'Shop slow', state: 'inactive', alerts: [] },
      ],
    },
    {
      name: 'ledger rules',
      folderUid: 'finance',
      rules: [{ uid: 'r3', name: 'Payouts down', state: 'firing', alerts: [] }],
    },
  );
}

/** Unix milliseconds some minutes ago. */
export const at = (minutesAgo: number): number => Date.now() - minutesAgo * 60_000;

/** A time series as the backend of Prometheus answers it. */
export const series = (
  labels: Record<string, string>,
  values: readonly (number | null)[],
  start = 1_767_323_045_000,
) => ({
  schema: {
    refId: 'A',
    meta: { type: 'timeseries-multi', executedQueryString: 'Expr: ...' },
    fields: [
      { name: 'Time', type: 'time', typeInfo: { frame: 'time.Time' } },
      {
        name: 'Value',
        type: 'number',
        typeInfo: { frame: 'float64' },
        labels,
        config: { displayNameFromDS: 'x' },
      },
    ],
  },
  data: { values: [values.map((_, index) => start + index * 1000), values] },
});
