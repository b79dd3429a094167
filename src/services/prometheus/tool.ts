import { z } from 'zod';
import { type ReadContext, toolsOf } from '../../toolset/define.ts';
import type { LabelScope } from '../../toolset/label-scope.ts';
import type { PromReader } from './client.ts';

export interface PrometheusTypes {
  Reader: PromReader;
  /** There is no writing client, so no write tool can be defined. */
  Writer: never;
  Entry: LabelScope;
}

export const tool = toolsOf<PrometheusTypes>();
export type Context = ReadContext<PrometheusTypes>;

/** Fields with which every answer says whether it is whole. */
export const completeness = {
  truncated: z.boolean(),
  hint: z.string().optional().describe('How to ask for less, when something was cut'),
  warnings: z.array(z.string()).optional().describe('Remarks of the server'),
};

/** Fills {@link completeness}; `hint` is dropped from an answer that is whole. */
export const complete = (truncated: boolean, hint: string, warnings: readonly string[] = []) => ({
  truncated,
  ...(truncated ? { hint } : {}),
  ...(warnings.length > 0 ? { warnings: [...warnings] } : {}),
});
