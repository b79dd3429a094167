import type { AuditFilter } from '../matcher.ts';
import type { Block, Group } from './block.ts';
import { addGrams, callEntry, Grams } from './grams.ts';

const FIELDS = ['principal', 'method', 'tool', 'target', 'outcome', 'event'] as const;

/** Whether a block may hold the end of a call, or an event, that the filter asks for. It errs on the side of yes. */
export function blockFilter(filter: AuditFilter): (block: Block) => boolean {
  const { seq } = filter;
  const since = filter.since?.toISOString() ?? '';
  const until = filter.until?.toISOString();
  const words = [...FIELDS.map((field) => filter[field]), filter.rule].filter((word) => word !== undefined);
  const written = words.map((word) => JSON.stringify(word));
  const entries = new Set<number>();
  if (filter.text !== undefined) addGrams(entries, filter.text.toLowerCase());
  if (filter.call !== undefined) entries.add(callEntry(filter.call));
  return (block) =>
    block.ended > 0 &&
    block.until >= since &&
    (until === undefined || block.since < until) &&
    (seq === undefined || isAt(block, seq)) &&
    written.every((word) => block.groups.includes(word)) &&
    (words.length === 0 || (groupsOf(block)?.some((group) => isOf(filter, group)) ?? true)) &&
    (entries.size === 0 || (Grams.parse(block.grams)?.mayHold(entries) ?? true));
}

const isAt = ({ first, last, early }: Block, seq: number) =>
  (seq >= first && seq <= last) || early.includes(seq);

/** Undefined where the text is damaged; then the records are looked at. */
function groupsOf({ groups }: Block): readonly Group[] | undefined {
  try {
    const parsed: unknown = JSON.parse(groups);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

const isOf = (filter: AuditFilter, group: Group) =>
  FIELDS.every((field) => filter[field] === undefined || filter[field] === group[field]) &&
  (filter.rule === undefined || (group.rules ?? []).includes(filter.rule));
