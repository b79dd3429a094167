import { type Entry, toolsOf } from '../../toolset/define.ts';
import type { TicketReader, TicketWriter } from './tracker.ts';

export interface TicketTypes {
  Reader: TicketReader;
  Writer: TicketWriter;
  Entry: Entry;
}

/** Defines one tool of a ticket tracker, with its clients typed. */
export const tool = toolsOf<TicketTypes>();
