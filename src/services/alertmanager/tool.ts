import { toolsOf } from '../../toolset/define.ts';
import type { LabelScope } from '../../toolset/label-scope.ts';
import type { AmReader } from './reader.ts';
import type { AmWriter } from './writer.ts';

export interface AlertmanagerTypes {
  Reader: AmReader;
  Writer: AmWriter;
  Entry: LabelScope;
}

/** Defines one tool of Alertmanager, with its clients and scope typed. */
export const tool = toolsOf<AlertmanagerTypes>();

export { complete, completeness } from '../../toolset/completeness.ts';
