import { ToolError } from '../toolset/errors.ts';

/** How often one principal may have every component read: each time costs every backend. */
const LIMIT = 20;
const WINDOW_MS = 60_000;

/** Counts captures of everything by principal, in this process. The returned function throws ToolError('rate_limited'). */
export function limitCaptures(now = Date.now): (principal: string) => void {
  const asked = new Map<string, number[]>();
  return (principal) => {
    const recent = (asked.get(principal) ?? []).filter((at) => at > now() - WINDOW_MS);
    if (recent.length >= LIMIT)
      throw new ToolError(
        'rate_limited',
        `${principal} had every component read ${LIMIT} times within a minute; wait, or compare two versions`,
      );
    asked.set(principal, [...recent, now()]);
  };
}
