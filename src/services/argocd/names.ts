import { z } from 'zod';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/** A name that Kubernetes takes for an object, so that none can climb out of a path. */
const ObjectName = z.string().max(253).regex(SUBDOMAIN, 'lower-case letters, digits, - and . only');

export const ApplicationName = ObjectName;
export const ProjectName = ObjectName;
export const PodName = ObjectName;
export const NamespaceName = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'lower-case letters, digits and - only');
export const ContainerName = NamespaceName;
export const Kind = z
  .string()
  .max(63)
  .regex(/^[A-Za-z][A-Za-z0-9]*$/, 'a kind, such as Deployment');

/** The full id of a Git commit: what a server has resolved already, never a branch that may have moved. */
export const CommitId = z.string().regex(/^[0-9a-f]{40}$/, 'the 40 hexadecimal digits of a commit');
