import { z } from 'zod';
import { workloadOrAll } from '../place.ts';
import type { KubeReader, Page } from '../reader.ts';
import type { Event } from '../shapes.ts';
import { complete, completeness, tool, WorkloadArgs } from '../tool.ts';

/** Objects of one workload whose events are asked for, each with a request of its own. */
const MOST_OBJECTS = 25;

export const events = tool({
  name: 'k8s_events',
  access: 'read',
  reach: 'sub',
  title: 'List events',
  description:
    'Events of a workload with its ReplicaSets and pods, or of the whole namespace, newest first. A cluster keeps them for about an hour.',
  params: WorkloadArgs.extend({ type: z.enum(['Normal', 'Warning']).optional() }),
  output: z.strictObject({
    events: z.array(
      z.strictObject({
        object: z.string(),
        type: z.string(),
        reason: z.string(),
        message: z.string(),
        count: z.number(),
        last_seen: z.string().optional(),
      }),
    ),
    ...completeness,
  }),
  list: 'events',
  async run({ client, signal, limits }, { workload, type }) {
    const found = workloadOrAll(client.place, workload)
      ? await eventsOf(client, workload, signal)
      : await client.events(undefined, signal);
    const wanted = found.items.filter((one) => type === undefined || one.type === type);
    const sorted = [...wanted].sort((a, b) => (seenAt(b) ?? '').localeCompare(seenAt(a) ?? ''));
    return {
      events: sorted.slice(0, limits.rows).map(show),
      ...complete(
        found.isCut || sorted.length > limits.rows,
        'there are more events; name a workload or a type',
      ),
    };
  },
});

async function eventsOf(
  client: KubeReader,
  given: string | undefined,
  signal: AbortSignal,
): Promise<Page<Event>> {
  const owner = await client.workload(given, signal);
  const [sets, pods] = await Promise.all([
    owner.ref.kind === 'deployment' ? client.replicaSets(owner, signal) : undefined,
    client.podsOf(owner, signal),
  ]);
  // A ReplicaSet without pods that wants some is the one whose pods cannot be made.
  const active = (sets?.items ?? []).filter(({ spec, status }) => spec.replicas > 0 || status.replicas > 0);
  const uids = [owner, ...active, ...pods.items].map(({ metadata }) => metadata.uid);
  const pages = await Promise.all(uids.slice(0, MOST_OBJECTS).map((uid) => client.events(uid, signal)));
  return {
    items: pages.flatMap(({ items }) => items),
    isCut: uids.length > MOST_OBJECTS || pods.isCut || pages.some(({ isCut }) => isCut),
  };
}

/** Events have been timed in four ways over the years. */
const seenAt = (one: Event): string | undefined =>
  one.series?.lastObservedTime ??
  one.lastTimestamp ??
  one.eventTime ??
  one.firstTimestamp ??
  one.metadata.creationTimestamp ??
  undefined;

function show(one: Event) {
  const seen = seenAt(one);
  return {
    object: `${one.involvedObject.kind.toLowerCase()}/${one.involvedObject.name}`,
    type: one.type,
    reason: one.reason,
    message: one.message,
    count: one.series?.count ?? one.count ?? 1,
    ...(seen === undefined ? {} : { last_seen: seen }),
  };
}
