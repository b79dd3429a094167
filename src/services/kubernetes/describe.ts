import { z } from 'zod';
import type { Template } from './shapes.ts';

/**
 * The fields of a pod template that may be shown. An allowlist: a field that is not here never leaves, whatever a
 * later version of the API adds. No value of a variable, no argument and no annotation is in it, since people put
 * credentials there.
 */
const Source = z.object({
  secretKeyRef: z.object({ name: z.string().default(''), key: z.string() }).optional(),
  configMapKeyRef: z.object({ name: z.string().default(''), key: z.string() }).optional(),
  fieldRef: z.object({ fieldPath: z.string() }).optional(),
  resourceFieldRef: z.object({ resource: z.string() }).optional(),
});
const Named = z.object({ name: z.string().default('') });
const Quantities = z.record(z.string(), z.union([z.string(), z.number()]).transform(String));

const Container = z.object({
  name: z.string(),
  image: z.string().optional(),
  imagePullPolicy: z.string().optional(),
  ports: z
    .array(
      z.object({
        containerPort: z.number(),
        protocol: z.string().default('TCP'),
        name: z.string().optional(),
      }),
    )
    .default([]),
  env: z.array(z.object({ name: z.string(), valueFrom: Source.optional() })).default([]),
  envFrom: z.array(z.object({ secretRef: Named.optional(), configMapRef: Named.optional() })).default([]),
  resources: z.object({ requests: Quantities.default({}), limits: Quantities.default({}) }).prefault({}),
  livenessProbe: z.object({}).optional(),
  readinessProbe: z.object({}).optional(),
  startupProbe: z.object({}).optional(),
});

const PodTemplate = z.object({
  spec: z.object({
    serviceAccountName: z.string().optional(),
    containers: z.array(Container),
    initContainers: z.array(Container).default([]),
    volumes: z.array(z.record(z.string(), z.unknown())).default([]),
  }),
});

const Probe = z.enum(['liveness', 'readiness', 'startup']);
export const DescribedContainer = z.strictObject({
  name: z.string(),
  init: z.boolean(),
  image: z.string(),
  ports: z.array(z.string()),
  env: z.array(z.string()).describe('Names of variables and where each comes from; never a value'),
  requests: z.record(z.string(), z.string()),
  limits: z.record(z.string(), z.string()),
  probes: z.array(Probe),
});
type DescribedContainer = z.output<typeof DescribedContainer>;

export interface Described {
  readonly containers: DescribedContainer[];
  readonly volumes: string[];
  readonly service_account?: string;
}

/** What may be told of a template. */
export function describeTemplate(template: Template): Described {
  const read = PodTemplate.safeParse(template);
  if (!read.success) return { containers: [], volumes: [] };
  const { containers, initContainers, volumes, serviceAccountName } = read.data.spec;
  return {
    containers: [
      ...initContainers.map((one) => describeContainer(one, true)),
      ...containers.map((one) => describeContainer(one, false)),
    ],
    volumes: volumes.map(describeVolume),
    ...(serviceAccountName === undefined ? {} : { service_account: serviceAccountName }),
  };
}

function describeContainer(one: z.output<typeof Container>, init: boolean): DescribedContainer {
  const bulk = one.envFrom.map(({ secretRef, configMapRef }) =>
    secretRef
      ? `every key of secret ${secretRef.name}`
      : `every key of configmap ${configMapRef?.name ?? ''}`,
  );
  return {
    name: one.name,
    init,
    image: one.image ?? '',
    ports: one.ports.map(({ containerPort, protocol, name }) =>
      name === undefined ? `${containerPort}/${protocol}` : `${containerPort}/${protocol} (${name})`,
    ),
    env: [...one.env.map(({ name, valueFrom }) => `${name}: ${sourceOf(valueFrom)}`), ...bulk],
    requests: one.resources.requests,
    limits: one.resources.limits,
    probes: Probe.options.filter((probe) => one[`${probe}Probe`] !== undefined),
  };
}

function sourceOf(from: z.output<typeof Source> | undefined): string {
  if (!from) return 'a literal value';
  if (from.secretKeyRef) return `secret ${from.secretKeyRef.name}/${from.secretKeyRef.key}`;
  if (from.configMapKeyRef) return `configmap ${from.configMapKeyRef.name}/${from.configMapKeyRef.key}`;
  if (from.fieldRef) return `field ${from.fieldRef.fieldPath}`;
  return from.resourceFieldRef ? `resource ${from.resourceFieldRef.resource}` : 'another source';
}

/** Its name and the kind of its source: `config (configMap)`. */
function describeVolume(volume: Readonly<Record<string, unknown>>): string {
  const kind = Object.keys(volume).find((key) => key !== 'name') ?? 'emptyDir';
  return `${typeof volume.name === 'string' ? volume.name : ''} (${kind})`;
}
