import { z } from 'zod';
import type { Graph } from '../../topology/graph.ts';
import type { Alert } from '../backend.ts';
import type { Signals } from '../contracts.ts';
import type { Tools } from '../tools.ts';

/** Labels that may name a component, in the order in which they are believed. */
const LABELS = ['component', 'service', 'service_name', 'app', 'deployment', 'container'] as const;
/** How far back before the alert. Milliseconds. */
const BACK_MS = 30 * 60_000;
/** Of one label, in one answer. */
const LINES = 300;
/** Characters of a matcher that the tool takes. */
const MOST_MATCHED = 2_000;
/** Layers whose components are what an incident is about, not what looks at it. */
const LAYERS = new Set(['data', 'operations']);

const Lines = z.object({
  streams: z.array(z.record(z.string(), z.string())),
  result: z.array(z.object({ at: z.string(), stream: z.number().int(), line: z.string() })),
});

/**
 * Lines of the components of a stack from every linked Loki, each label asked for by itself; none where none is linked.
 * What cannot be read is left out: logs are not all there is.
 */
export async function lokiLogsOf(
  tools: Tools,
  { graph, alert, services }: { graph: Graph; alert: Alert; services: readonly string[] },
  signal: AbortSignal,
): Promise<Signals['logs']> {
  const names = namesOf(graph, [alert.component, ...services]);
  const start = new Date(Date.parse(alert.at) - BACK_MS).toISOString();
  const value = matcherOf([...names.keys()]);
  const asked = tools.targetsOf('loki_query_range').flatMap((target) =>
    LABELS.map((label) =>
      readLines(tools, { target, start, limit: LINES, matchers: [{ label, op: '=~', value }] }, signal)
        .then(({ streams, result }) =>
          result.flatMap(({ at, stream, line }) => {
            const component = names.get(streams[stream]?.[label] ?? '');
            return component === undefined ? [] : [{ component, at: new Date(at).toISOString(), line }];
          }),
        )
        .catch(() => []),
    ),
  );
  return withoutDoubles((await Promise.all(asked)).flat());
}

async function readLines(tools: Tools, args: Record<string, unknown>, signal: AbortSignal) {
  return Lines.parse((await tools.call('loki_query_range', args, signal)).output);
}

/** What a label may say, and the component that is meant by it: its own name, or that of its workload. */
function namesOf({ components }: Graph, first: readonly string[]): ReadonlyMap<string, string> {
  const all = [...components.values()].filter(({ layer, isExternal }) => LAYERS.has(layer) && !isExternal);
  const known = [...new Set([...first, ...all.map(({ name }) => name)])];
  const workloads = known.flatMap((name) => {
    const workload = String(components.get(name)?.connection.workload ?? '').split('/')[1];
    return workload === undefined ? [] : [[workload, name] as const];
  });
  // A component's own name wins over the workload of another.
  return new Map([...workloads, ...known.map((name) => [name, name] as const)]);
}

/** As many of the names as a matcher holds. Names of the topology and of Kubernetes hold nothing that a regular expression obeys but the dot. */
function matcherOf(names: readonly string[]): string {
  let matcher = '';
  for (const name of names) {
    const next = name.replaceAll('.', '\\.');
    const longer = matcher === '' ? next : `${matcher}|${next}`;
    if (longer.length > MOST_MATCHED) break;
    matcher = longer;
  }
  return matcher;
}

/** The same line stands under several labels. */
function withoutDoubles(lines: Signals['logs']): Signals['logs'] {
  const seen = new Map(lines.map((one) => [JSON.stringify(one), one]));
  return [...seen.values()];
}
