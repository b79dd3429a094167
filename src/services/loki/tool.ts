import { type ReadContext, toolsOf } from '../../toolset/define.ts';
import type { LabelScope } from '../../toolset/label-scope.ts';
import type { LokiReader } from './client.ts';

export interface LokiTypes {
  Reader: LokiReader;
  /** There is no writing client, so no write tool can be defined. */
  Writer: never;
  Entry: LabelScope;
}

export const tool = toolsOf<LokiTypes>();
export type Context = ReadContext<LokiTypes>;
