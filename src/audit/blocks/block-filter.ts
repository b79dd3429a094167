import type { AuditFilter } from '../matcher.ts';
import type { Block, Group } from './block.ts';
import { addGrams, callEntry } from './grams.ts';

/** Whether a block may hold the end of a call, or an event, that the filter asks for. It errs on the side of yes. */
export function blockFilter(filter: AuditFilter): (block: Block) => boolean {
  const { seq } = filter;
  const since = filter.since?.toISOString() ?? '';
  const until = filter.until?.toISOString();
  const entries = new Set<number>();
  if (filter.text !== undefined) addGrams(entries, filter.text.toLowerCase());
  if (filter.call !== undefined) entries.add(callEntry(filter.call));
  return (block) =>
    block.ended > 0 &&
    block.until >= since &&
    (until === undefined || block.since < until) &&
    (seq === undefined || isAt(block, seq)) &&
    block.groups.some((group) => isOf(filter, group)) &&
    (entries.size === 0 || block.grams.mayHold(entries));
}

const isAt = ({ first, last, early }: Block, seq: number) =>
  (seq >= first && seq <= last) || early.some(([, request]) => request === seq);

const FIELDS = ['principal', 'method', 'tool', 'target', 'outcome', 'event'] as const;

const isOf = (filter: AuditFilter, group: Group) =>
  FIELDS.every((field) => filter[field] === undefined || filter[field] === group[field]) &&
  (filter.rule === undefined || (group.rules ?? []).includes(filter.rule));
