import { z } from 'zod';
import { secret, setting } from '../../src/secrets/reference.ts';
import { agent } from '../../src/services/agent/service.ts';
import { application } from '../../src/services/application/service.ts';
import { kubernetes } from '../../src/services/kubernetes/service.ts';
import { kubernetesWorkload } from '../../src/services/kubernetes-workload/service.ts';
import type { ComponentType } from '../../src/topology/component-type.ts';
import { loadTopology } from '../../src/topology/load.ts';

/** A type with every feature that the topology knows: secrets, settings, required subs, narrowable lists. */
const database: ComponentType = {
  type: 'postgresql',
  layer: 'data',
  title: 'PostgreSQL',
  description: 'A database for tests.',
  connection: z.strictObject({
    host: setting(z.string().min(1)),
    port: setting(z.number().int().min(1).max(65_535)).optional(),
    credentials: z.strictObject({ user: setting(z.string().min(1)), password: secret() }),
    ssl: z.enum(['require', 'verify-full']).optional(),
  }),
  subComponents: {
    key: 'databases',
    singular: 'database',
    entry: z.strictObject({ schemas: z.array(z.string().regex(/^\w+$/)).min(1).optional() }),
    narrowable: ['schemas'],
    required: true,
  },
  links: {
    queries: { description: 'reads and writes rows' },
    observes: { description: 'watches its state', access: 'read' },
  },
  tools: [
    { name: 'pg_query', reach: 'sub', params: z.strictObject({ sql: z.string().min(1) }) },
    { name: 'pg_health', reach: 'component', params: z.strictObject({}) },
  ],
};

const cache: ComponentType = {
  type: 'redis',
  layer: 'data',
  title: 'Redis',
  description: 'A key-value store for tests.',
  connection: z.strictObject({
    host: setting(z.string().min(1)),
    port: setting(z.number().int()).optional(),
    credentials: z.strictObject({ password: secret() }).optional(),
  }),
  subComponents: {
    key: 'prefixes',
    singular: 'prefix',
    entry: z.strictObject({ match: z.string().min(1) }),
    narrowable: [],
    required: false,
  },
  links: { caches_in: { description: 'keeps values in it' } },
};

const metrics: ComponentType = {
  type: 'prometheus',
  layer: 'observability',
  title: 'Prometheus',
  description: 'Metrics for tests.',
  connection: z.strictObject({
    url: setting(z.url()),
    credentials: z.strictObject({ token: secret() }).optional(),
  }),
  links: { observes: { description: 'watches its state' } },
};

export const TYPES: ReadonlyMap<string, ComponentType> = new Map(
  [agent, application, kubernetes, kubernetesWorkload, database, cache, metrics].map((one) => [
    one.type,
    one,
  ]),
);

/** Loads a text under the name `t.yaml`. */
export const load = (text: string) => loadTopology({ text, file: 't.yaml', types: TYPES });

/** Loads a text that must be valid. */
export function graphOf(text: string) {
  const { graph, problems } = load(text);
  if (!graph) throw new Error(JSON.stringify(problems, null, 1));
  return graph;
}
