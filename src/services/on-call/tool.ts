import { type Entry, toolsOf } from '../../toolset/define.ts';
import type { OnCallReader, OnCallWriter } from './provider.ts';

export interface OnCallTypes {
  Reader: OnCallReader;
  Writer: OnCallWriter;
  Entry: Entry;
}

/** Defines one tool of an on-call system, with its clients typed. */
export const tool = toolsOf<OnCallTypes>();
