import { z } from 'zod';
import { type ReadContext, toolsOf, type WriteContext } from '../../toolset/define.ts';
import { WorkloadName } from './names.ts';
import type { KubeReader } from './reader.ts';
import type { KubeWriter } from './writer.ts';

export interface KubernetesTypes {
  Reader: KubeReader;
  Writer: KubeWriter;
  Entry: Record<string, never>;
}

/** Defines one tool of Kubernetes, for namespaces and workloads alike. */
export const tool = toolsOf<KubernetesTypes>();
export type Context = ReadContext<KubernetesTypes>;
export type Writing = WriteContext<KubernetesTypes>;

/** The argument that most tools share. */
export const WorkloadArgs = z.strictObject({ workload: WorkloadName.optional() });

export { complete, completeness } from '../../toolset/completeness.ts';
