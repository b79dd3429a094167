import { z } from 'zod';
import { type ReadContext, toolsOf, type WriteContext } from '../../toolset/define.ts';
import type { RabbitReader, RabbitWriter } from './client.ts';
import type { VhostEntry } from './connection.ts';

export interface RabbitTypes {
  Reader: RabbitReader;
  Writer: RabbitWriter;
  Entry: VhostEntry;
}
export type Reading = ReadContext<RabbitTypes>;
export type Writing = WriteContext<RabbitTypes>;

/** Defines one tool of RabbitMQ, with its clients and scope typed. */
export const tool = toolsOf<RabbitTypes>();

/** Fields with which every list says whether it is whole. */
export const completeness = {
  truncated: z.boolean(),
  hint: z.string().optional().describe('How to see what is missing'),
};

/** Fills {@link completeness}; `hint` is dropped from a list that is whole. */
export const complete = (truncated: boolean, hint: string) => ({ truncated, ...(truncated ? { hint } : {}) });
