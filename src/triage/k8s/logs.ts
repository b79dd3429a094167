import type { Graph } from '../../topology/graph.ts';
import type { Alert } from '../backend.ts';
import type { Signals } from '../contracts.ts';
import type { Tools } from '../tools.ts';
import { Logs, Pods } from './answers.ts';
import { lokiLogsOf } from './loki-logs.ts';

/** Of each service, the last lines of so many pods within so many seconds. */
const MOST_PODS = 2;
const LINES = 200;
const SINCE_SECONDS = 1_800;

/** RFC 3339 with nanoseconds, as the API writes it before each line. */
const STAMPED = /^(?<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z) (?<line>.*)$/;

/**
 * Lines of components, oldest first: from a linked Loki, and of a service that has none there, from its pods. A service
 * whose logs cannot be read has none: they are not all there is.
 */
export async function logsOf(
  tools: Tools,
  of: { readonly graph: Graph; readonly alert: Alert; readonly services: readonly string[] },
  signal: AbortSignal,
): Promise<Signals['logs']> {
  const stored = await lokiLogsOf(tools, of, signal);
  const known = new Set(stored.map(({ component }) => component));
  const read = of.services
    .filter((service) => !known.has(service))
    .map((service) => linesOf(tools, service, signal).catch(() => []));
  return [...stored, ...(await Promise.all(read)).flat()].sort((a, b) => (a.at < b.at ? -1 : 1));
}

async function linesOf(tools: Tools, component: string, signal: AbortSignal): Promise<Signals['logs']> {
  const { pods } = Pods.parse((await tools.call('k8s_list_pods', { target: component }, signal)).output);
  const read = await Promise.all(
    pods.slice(0, MOST_PODS).map(async ({ name: pod }) => {
      const args = { target: component, pod, tail_lines: LINES, since_seconds: SINCE_SECONDS };
      return Logs.parse((await tools.call('k8s_logs', args, signal)).output).lines;
    }),
  );
  return read.flat().flatMap((text) => {
    const { at, line } = STAMPED.exec(text)?.groups ?? {};
    return at === undefined || line === undefined
      ? []
      : [{ component, at: new Date(at).toISOString(), line }];
  });
}
