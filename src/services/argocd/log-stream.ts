import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import { parseJson } from '../../toolset/http/failure.ts';

/** An answer of the logs endpoint: one JSON object a line. */
export const LogText = z.string();

const Entry = z.object({
  content: z.string().default(''),
  timeStampStr: z.string().default(''),
  podName: z.string().default(''),
  /** Marks the end; what the server writes after it is no log. */
  last: z.boolean().default(false),
});
export type LogEntry = z.output<typeof Entry>;

/** Servers wrap each entry in `result` where their gateway streams it. An error object has no content. */
const Line = z.union([
  z.object({ result: Entry }).transform(({ result }) => result),
  Entry.extend({ content: z.string() }),
]);

/**
 * The entries of one pod's log, oldest first.
 *
 * The server puts a failure of the cluster into the stream as an entry without a pod, in the cluster's own words;
 * it becomes ToolError('query_failed'). Entries of another pod are dropped.
 */
export function entriesOf(text: string, pod: string): LogEntry[] {
  const entries: LogEntry[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const parsed = Line.safeParse(parseJson(line));
    if (!parsed.success) throw noLog();
    const entry = parsed.data;
    if (entry.last) break;
    if (entry.podName === '') throw noLog();
    if (entry.podName === pod) entries.push(entry);
  }
  return entries;
}

const noLog = () =>
  new ToolError(
    'query_failed',
    'the cluster gave no log of this pod; name the container, or look whether it has started, with argocd_events',
  );
