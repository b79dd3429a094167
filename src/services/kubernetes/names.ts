import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';

/** Kinds of workload that the tools know; all are served by `apps/v1`. */
export const KINDS = ['deployment', 'statefulset', 'daemonset'] as const;
export type Kind = (typeof KINDS)[number];

export interface WorkloadRef {
  readonly kind: Kind;
  readonly name: string;
}

/** An RFC 1123 label. @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
export const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** An RFC 1123 subdomain; its length is checked apart. */
export const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const WORKLOAD = /^(deployment|statefulset|daemonset)\/([a-z0-9]([-a-z0-9.]*[a-z0-9])?)$/;

export const WorkloadName = z
  .string()
  .max(265)
  .regex(
    WORKLOAD,
    'write KIND/NAME, such as deployment/orders-api, with deployment, statefulset or daemonset',
  )
  .describe('KIND/NAME: deployment/orders-api; may be left out where the target is a workload');

export const PodName = z.string().max(253).regex(SUBDOMAIN, 'write the name of one pod');
export const ContainerName = z.string().regex(LABEL, 'write the name of one container');

/** Throws ToolError('invalid_arguments') for anything that is not KIND/NAME of a known kind. */
export function parseWorkload(text: string): WorkloadRef {
  const [, kind, name] = WORKLOAD.exec(text) ?? [];
  const known = KINDS.find((one) => one === kind);
  if (!known || name === undefined || name.length > 253 || !SUBDOMAIN.test(name))
    throw new ToolError(
      'invalid_arguments',
      'a workload is KIND/NAME with deployment, statefulset or daemonset: deployment/orders-api',
    );
  return { kind: known, name };
}

export const printWorkload = ({ kind, name }: WorkloadRef): string => `${kind}/${name}`;
