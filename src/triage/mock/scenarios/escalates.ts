import type { Scenario } from '../scenario.ts';
import { chatter, freshly, gatewayAlert, sha, shop } from '../shop.ts';

/** The newest deploy is of a healthy service; what is broken was not deployed. */
export const redHerring: Scenario = {
  name: 'red-herring',
  title: 'inventory is broken without a deploy; the only recent deploy is of the healthy search',
  alert: gatewayAlert,
  ...shop({ services: [freshly('search', 4, 'Faster ranking')] }),
  faults: [
    {
      since: 6,
      shows: {
        inventory: { errors: 0.5, latency: 3.1 },
        'orders-api': { errors: 0.38, latency: 3.4 },
        gateway: { errors: 0.3, latency: 3.6 },
      },
    },
  ],
  logs: [
    ...chatter,
    { component: 'inventory', before: 5, line: 'level=error msg="disk quota exceeded" volume=stock' },
    { component: 'inventory', before: 2, line: 'level=error msg="disk quota exceeded" volume=stock' },
  ],
  expected: 'handed_over',
};

/** Nobody deployed anything. */
export const noDeploy: Scenario = {
  name: 'no-deploy',
  title: 'orders-api fails, and nothing was deployed for days',
  alert: gatewayAlert,
  ...shop({}),
  faults: [
    {
      since: 8,
      shows: { 'orders-api': { errors: 0.6, latency: 4 }, gateway: { errors: 0.45, latency: 4.2 } },
    },
  ],
  logs: [...chatter, { component: 'orders-api', before: 6, line: 'level=error msg="certificate expired"' }],
  expected: 'handed_over',
};

/** The deploy that broke things is of a component that is out of every write. */
export const protectedCulprit: Scenario = {
  name: 'protected-culprit',
  title: 'A deploy broke payments, which is protected',
  alert: gatewayAlert,
  ...shop({ services: [freshly('payments', 9, 'Retry declined cards')] }),
  faults: [
    {
      of: { service: 'payments', commit: sha('payments 5') },
      since: 7,
      shows: {
        payments: { errors: 0.7, latency: 2.5 },
        'orders-api': { errors: 0.5, latency: 2.8 },
        gateway: { errors: 0.35, latency: 3 },
      },
    },
  ],
  logs: [...chatter, { component: 'payments', before: 5, line: 'level=error msg="card declined twice"' }],
  expected: 'handed_over',
};

/** Two deploys broke two services at once; undoing one would not heal. */
export const twoCulprits: Scenario = {
  name: 'two-culprits',
  title: 'Deploys of orders-api and of search broke both',
  alert: gatewayAlert,
  ...shop({ services: [freshly('orders-api', 8), freshly('search', 8)] }),
  faults: [
    {
      of: { service: 'orders-api', commit: sha('orders-api 5') },
      since: 6,
      shows: { 'orders-api': { errors: 0.4, latency: 2 }, gateway: { errors: 0.3, latency: 2.1 } },
    },
    {
      of: { service: 'search', commit: sha('search 5') },
      since: 6,
      shows: { search: { errors: 0.4, latency: 2 }, gateway: { errors: 0.3, latency: 2.1 } },
    },
  ],
  logs: chatter,
  expected: 'handed_over',
};

/** Everything alerts; no single service stands out, and the one deploy is of something unrelated. */
export const alertStorm: Scenario = {
  name: 'alert-storm',
  title: 'All of the shop fails at once after an unrelated deploy',
  alert: gatewayAlert,
  ...shop({ services: [freshly('search', 45, 'Change a label')] }),
  faults: [
    {
      since: 5,
      shows: Object.fromEntries(
        ['gateway', 'orders-api', 'search', 'payments', 'inventory'].map((name) => [
          name,
          { errors: 0.5, latency: 2 },
        ]),
      ),
    },
  ],
  logs: chatter,
  expected: 'handed_over',
};

/** The only deploy is days old, so it did not bring what began minutes ago. */
export const oldDeploy: Scenario = {
  name: 'old-deploy',
  title: 'orders-api fails now; its last deploy was nine hours ago',
  alert: gatewayAlert,
  ...shop({ services: [freshly('orders-api', 9 * 60, 'Rename a field')] }),
  faults: [
    {
      since: 6,
      shows: { 'orders-api': { errors: 0.4, latency: 2 }, gateway: { errors: 0.3, latency: 2.2 } },
    },
  ],
  logs: chatter,
  expected: 'handed_over',
};

/** The alert is wrong: everything is as it was all day. */
export const healthy: Scenario = {
  name: 'healthy',
  title: 'A false alarm, minutes after a harmless deploy',
  alert: gatewayAlert,
  ...shop({ services: [freshly('orders-api', 12, 'Reword a message')] }),
  faults: [],
  logs: chatter,
  expected: 'nothing_to_do',
};
