import { createHash } from 'node:crypto';
import {
  ALERT_AT,
  minutesBefore,
  type Scenario,
  type ScriptedRevision,
  type ScriptedService,
} from './scenario.ts';

/** A commit that looks like one, the same for the same words. */
export const sha = (words: string): string => createHash('sha1').update(words).digest('hex');

/** A revision that was rolled out so many minutes before the alert. */
export const revision = (
  service: string,
  number: number,
  before: number,
  message?: string,
): ScriptedRevision => {
  const commit = sha(`${service} ${number}`);
  return {
    revision: String(number),
    image: `registry.example/${service}:${commit.slice(0, 12)}`,
    commit,
    at: minutesBefore(before),
    ...(message === undefined ? {} : { message }),
  };
};

const DAY = 24 * 60;

/** A service whose last deploys are days old. */
export const settled = (name: string, replicas = 3): ScriptedService => ({
  name,
  replicas,
  revisions: [revision(name, 4, 9 * DAY), revision(name, 3, 16 * DAY)],
});

/** The same with a fresh revision on top. */
export const freshly = (name: string, before: number, message?: string): ScriptedService => {
  const { replicas, revisions } = settled(name);
  return { name, replicas, revisions: [revision(name, 5, before, message), ...revisions] };
};

/** The gateway's alert, which most scripts open with. */
export const gatewayAlert: Scenario['alert'] = {
  name: 'HighErrorRate',
  component: 'gateway',
  metric: 'error_rate',
  summary: 'more than 5 % of requests to gateway fail',
  at: new Date(ALERT_AT).toISOString(),
};

/** A small shop: the gateway calls orders and search, orders calls payments and inventory. */
export const SHOP = ['gateway', 'orders-api', 'search', 'payments', 'inventory'] as const;

/** The shop with nothing wrong in it; a script says what differs. */
export const shop = (differs: {
  readonly services?: readonly ScriptedService[];
  readonly isProtected?: readonly string[];
}): Pick<Scenario, 'services' | 'isProtected' | 'links'> => ({
  services: SHOP.map((name) => differs.services?.find((one) => one.name === name) ?? settled(name)),
  isProtected: differs.isProtected ?? ['payments'],
  links: [
    { from: 'gateway', to: 'orders-api' },
    { from: 'gateway', to: 'search' },
    { from: 'orders-api', to: 'payments' },
    { from: 'orders-api', to: 'inventory' },
  ],
});

/** Ordinary lines of the shop, so that a script's own do not stand alone. */
export const chatter: Scenario['logs'] = [
  { component: 'gateway', before: 40, line: 'level=info msg="request served" route=/orders status=200' },
  { component: 'search', before: 35, line: 'level=info msg="index refreshed" documents=48211' },
  { component: 'inventory', before: 30, line: 'level=info msg="stock counted" warehouse=ham1' },
];
