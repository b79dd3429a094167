import { type ReadContext, toolsOf, type WriteContext } from '../../toolset/define.ts';
import type { ProjectEntry } from './connection.ts';
import type { ArgoReader } from './reader.ts';
import type { ArgoWriter } from './writer.ts';

export interface ArgoTypes {
  Reader: ArgoReader;
  Writer: ArgoWriter;
  Entry: ProjectEntry;
}
export type Reading = ReadContext<ArgoTypes>;
export type Writing = WriteContext<ArgoTypes>;

/** Defines one tool of Argo CD, with its clients and scope typed. */
export const tool = toolsOf<ArgoTypes>();

export { complete, completeness } from '../../toolset/completeness.ts';
