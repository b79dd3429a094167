import { z } from 'zod';
import { isInScope, type ScopeLabels } from '../../toolset/label-scope.ts';
import type { LabelSet, Stream } from './api.ts';

/** Characters of one line that are shown. */
const MAX_LINE = 2000;
/** About what a line's moment, stream and punctuation take in the result. */
const FRAME_BYTES = 80;

export const Line = z.strictObject({
  at: z.string().describe('RFC 3339, to the nanosecond'),
  stream: z.number().int().describe('Place in streams, from 0'),
  line: z.string(),
  cut_from: z.number().int().optional().describe('Characters of a line that was cut'),
});
export type Line = z.output<typeof Line>;

export type Direction = 'backward' | 'forward';

/** Lines of several streams in the order of time. */
export interface LogLines {
  readonly streams: LabelSet[];
  readonly lines: Line[];
  /** More lines than these were there. */
  readonly more: boolean;
  /** Streams left out because they do not carry the scope's labels. */
  readonly withheld: number;
}

/** At most `lines` lines that together stay within `bytes`, newest or oldest first. */
export function readLines(
  found: readonly Stream[],
  scope: ScopeLabels,
  direction: Direction,
  most: { readonly lines: number; readonly bytes: number },
): LogLines {
  const seen = found.filter(({ stream }) => isInScope(stream, scope));
  const all = seen.flatMap(({ stream, values }) =>
    values.map(([at, line]) => ({ at: at.padStart(19, '0'), line, stream })),
  );
  const sign = direction === 'forward' ? 1 : -1;
  all.sort((one, other) => (one.at === other.at ? 0 : one.at < other.at ? -sign : sign));
  const places = new Map<LabelSet, number>();
  const lines: Line[] = [];
  let bytes = 0;
  for (const { at, line, stream } of all.slice(0, most.lines)) {
    const shown = cut(line);
    bytes += FRAME_BYTES + bytesOf(shown.line) + (places.has(stream) ? 0 : bytesOf(stream));
    if (bytes > most.bytes && lines.length > 0) break;
    if (!places.has(stream)) places.set(stream, places.size);
    lines.push({ at: momentOf(at), stream: places.get(stream) ?? 0, ...shown });
  }
  return {
    streams: [...places.keys()],
    lines,
    more: all.length > lines.length,
    withheld: found.length - seen.length,
  };
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

function cut(line: string): Pick<Line, 'line' | 'cut_from'> {
  if (line.length <= MAX_LINE) return { line };
  // Half a surrogate pair at the end would be no text.
  return { line: line.slice(0, MAX_LINE).replace(/[\uD800-\uDBFF]$/, ''), cut_from: line.length };
}

/** RFC 3339 of nanoseconds in 19 digits. */
function momentOf(nanoseconds: string): string {
  const seconds = new Date(Number(nanoseconds.slice(0, -9)) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${nanoseconds.slice(-9)}Z`;
}
