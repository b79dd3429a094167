import { z } from 'zod';
import type { JsonValue } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { Asker } from './ticket.ts';
import type { Made } from './tracker.ts';

const Before = z.strictObject({ isThere: z.boolean(), by: Asker });
/** Null where the answer never came; then what the call may have made is found by its key. */
const After = z
  .strictObject({ id: z.string(), created: z.boolean(), digest: z.string().nullable() })
  .nullable();

/** What a write made, to be taken back; undefined where it was there before. */
export function madeBefore(
  before: JsonValue,
  after: JsonValue,
): { by: Asker; made: Made | null } | undefined {
  const { isThere, by } = Before.parse(before);
  const made = After.parse(after);
  return isThere || made?.created === false ? undefined : { by, made };
}

/** Why a write cannot be made again under its key: the tracker would take it for a repetition and do nothing. */
export const writtenOnce = (why: string): ToolError =>
  new ToolError('conflict', `${why}; reopen it by hand, or write anew under another key`);
