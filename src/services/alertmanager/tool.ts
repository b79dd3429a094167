import { z } from 'zod';
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

/** Fields with which every list says whether it is whole. */
export const completeness = {
  truncated: z.boolean(),
  hint: z.string().optional().describe('How to ask for less, when something was cut'),
};

/** Fills {@link completeness}; `hint` is dropped from a list that is whole. */
export const complete = (truncated: boolean, hint: string) => ({ truncated, ...(truncated ? { hint } : {}) });
