import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import type { ReplicaSet, Template, Workload } from './shapes.ts';

const REVISION = 'deployment.kubernetes.io/revision';
export const CHANGE_CAUSE = 'kubernetes.io/change-cause';
/** The controller adds it to the template of each ReplicaSet, and it is no part of what was asked for. */
const HASH_LABEL = 'pod-template-hash';

const Labelled = z.looseObject({
  metadata: z.looseObject({ labels: z.record(z.string(), z.string()).optional() }).optional(),
});

/** Number of the revision that a ReplicaSet or Deployment is at; 0 when the controller has given none yet. */
export const revisionOf = ({ metadata }: Pick<Workload, 'metadata'>): number => {
  const text = metadata.annotations[REVISION] ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
};

/** The template that a ReplicaSet was made from. */
export function templateOf({ spec }: Pick<ReplicaSet, 'spec'>): Template {
  const { metadata } = Labelled.parse(spec.template);
  if (!metadata?.labels) return spec.template;
  const { [HASH_LABEL]: _hash, ...labels } = metadata.labels;
  return { ...spec.template, metadata: z.json().parse({ ...metadata, labels }) };
}

/** SHA-256 of a template, in hex: says whether two are the same and nothing of what is in them. */
export const fingerprint = (template: Template): string =>
  createHash('sha256')
    .update(canonicalize(template) ?? '')
    .digest('hex');

/** The ReplicaSet that runs a template, the one of the highest revision if there are several. */
export const ofTemplate = (sets: readonly ReplicaSet[], print: string): ReplicaSet | undefined =>
  newestFirst(sets).find((set) => fingerprint(templateOf(set)) === print);

export const newestFirst = (sets: readonly ReplicaSet[]): ReplicaSet[] =>
  [...sets].sort((a, b) => revisionOf(b) - revisionOf(a));

const Images = z.object({
  spec: z.object({ containers: z.array(z.object({ name: z.string(), image: z.string().default('') })) }),
});

/** `container=image` of each container. */
export function imagesOf(template: Template): string[] {
  const read = Images.safeParse(template);
  return read.success ? read.data.spec.containers.map(({ name, image }) => `${name}=${image}`) : [];
}
