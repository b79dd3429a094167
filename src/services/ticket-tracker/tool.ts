import { type Entry, toolsOf } from '../../toolset/define.ts';
import type { TicketWriter, TrackerReading } from './tracker.ts';

export interface TicketTypes {
  Reader: TrackerReading;
  Writer: TicketWriter;
  Entry: Entry;
}

/** Defines one tool of a ticket tracker, with its clients typed. */
export const tool = toolsOf<TicketTypes>();
