import fc from 'fast-check';
import { type KafkaTwin, startKafkaTwin } from '../../../twins/kafka/server.ts';
import { caseOf, defineLab, fresh, type Scene, stopTwin, topologyOf } from '../lab.ts';

/** Settings that the twin knows and the tools may set, each with values that differ. */
const setting = fc.record(
  {
    'retention.ms': fc.integer({ min: 700_000_000, max: 900_000_000 }).map(String),
    'min.insync.replicas': fc.constantFrom('1', '2'),
    'segment.ms': fc.integer({ min: 700_000_000, max: 900_000_000 }).map(String),
    'compression.type': fc.constantFrom('gzip', 'zstd'),
  },
  { requiredKeys: [] },
);

interface Snapshot {
  readonly topics: readonly { readonly name: string }[];
  readonly groups: readonly { readonly name: string }[];
}

const numbered = (settings: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(
    Object.entries(settings).map(([name, text]) => [name, /^\d+$/.test(text ?? '') ? Number(text) : text]),
  );

/** All that the brokers agree on; ids of topics are of the brokers' choice. */
function readAll({ state }: KafkaTwin, mark: string) {
  const { topics, groups } = state.snapshot() as Snapshot;
  const isOwn = ({ name }: { name: string }) => name.includes(mark);
  const of = (is: boolean) => ({
    topics: topics.filter((one) => isOwn(one) === is),
    groups: groups.filter((one) => isOwn(one) === is),
  });
  return { own: of(true), others: of(false) };
}

function topicOf({ state }: KafkaTwin): string {
  const topic = fresh('new');
  state.create(topic, 2);
  return topic;
}

const sceneOf = (twin: KafkaTwin, mark: string, args: Scene['args'], interfere: () => unknown): Scene => ({
  args,
  read: async () => readAll(twin, mark),
  beside: () => twin.state.create(fresh('new-beside'), 1),
  interfere,
  alike: (own) => JSON.stringify(own).replaceAll(/"id":"\w+"/g, '"id":"made"'),
});

export const kafka = defineLab<KafkaTwin>({
  name: 'the twin of Kafka',
  start: () => startKafkaTwin({ nodes: 2 }),
  stop: stopTwin,
  stackOver: ({ brokers }) => ({
    topology: topologyOf(
      'bus',
      `type: kafka, brokers: [${brokers.map((one) => `'${one}'`).join(', ')}], topics: {all: {match: ['new-*'], groups: ['group-*']}}`,
      'operates',
    ),
    env: { MCP_BUS_WRITE_ACCESS: 'true' },
  }),
  forGood: {
    kafka_delete_topic: (twin) => ({ args: { topic: topicOf(twin) } }),
    kafka_lower_retention: (twin) => ({
      args: { topic: topicOf(twin), retention: { 'retention.ms': 1000 } },
    }),
    kafka_add_partitions: (twin) => ({ args: { topic: topicOf(twin), from: 2, to: 3 } }),
    kafka_produce: (twin) => ({ args: { topic: topicOf(twin), value: 'a message' } }),
  },
  cases: {
    kafka_create_topic: caseOf(
      fc.record({ partitions: fc.integer({ min: 1, max: 9 }), settings: setting }),
      async (twin, { partitions, settings }) => {
        const topic = fresh('new');
        return sceneOf(twin, topic, { topic, partitions, settings: numbered(settings) }, () =>
          twin.state.topics.get(topic)?.config.set('delete.retention.ms', '5'),
        );
      },
    ),
    kafka_alter_topic_config: caseOf(
      fc.record({ was: setting, set: setting, reset: fc.boolean() }),
      async (twin, { was, set, reset }) => {
        const topic = fresh('new');
        twin.state.create(topic, 2, { ...was, 'segment.bytes': '1048576' });
        // Retention never falls: what it would be set to lies above whatever it was.
        const raised = { ...set, 'retention.ms': '950000000' };
        const args = { topic, set: numbered(raised), reset: reset ? ['segment.bytes'] : [] };
        return sceneOf(twin, topic, args, () =>
          twin.state.topics.get(topic)?.config.set('retention.ms', '990000000'),
        );
      },
    ),
    kafka_reset_offsets: caseOf(
      fc.record({
        commits: fc.array(fc.option(fc.integer({ min: 1, max: 4 })), { minLength: 3, maxLength: 3 }),
        metadata: fc.constantFrom(null, '', 'ü note'),
        position: fc.constantFrom('earliest', 'latest'),
      }),
      async (twin, { commits, metadata, position }) => {
        const [topic, group] = [fresh('new'), fresh('group')];
        const { partitions } = twin.state.create(topic, 3);
        for (const { log } of partitions) log.latest = 5;
        twin.state.group(group);
        for (const [partition, offset] of commits.entries())
          if (offset !== null)
            twin.state.groups
              .get(group)
              ?.commits.set(`${topic} ${partition}`, { offset: BigInt(offset), epoch: -1, metadata });
        return sceneOf(twin, group, { group, topic, position }, () =>
          twin.state.commit(group, topic, 0, commits[0] === 2 ? 3 : 2),
        );
      },
    ),
  },
});
