import { listOffsetsV5, produceV7 } from '@platformatic/kafka';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WRITE_APIS } from '../../../src/services/kafka/protocol/apis.ts';
import { Broker } from '../../../src/services/kafka/protocol/broker.ts';
import { fetchRecords } from '../../../src/services/kafka/protocol/fetch.ts';
import { decodeBatches } from '../../../src/services/kafka/protocol/records.ts';
import { consume } from '../../../src/services/kafka/tools/consume.ts';
import { produce } from '../../../src/services/kafka/tools/produce.ts';
import { closeLab, type Lab, openLab } from './fixture.ts';
import { kcat, program, startMockCluster } from './kcat.ts';

// librdkafka shares no line with the driver, so it is a witness for both the twin and what the tools send.
describe.skipIf(!program)('librdkafka, through the twin', () => {
  let lab: Lab;
  let at: string[];
  beforeEach(async () => {
    lab = await openLab({ nodes: 2 });
    at = ['-b', lab.twin.brokers.join(',')];
  });
  afterEach(() => closeLab(lab));

  test('sees the topics and leaders that the twin has', async () => {
    const listed = JSON.parse(await kcat([...at, '-L', '-J']));
    expect(listed.brokers).toHaveLength(2);
    const orders = listed.topics.find(({ topic }: { topic: string }) => topic === 'orders');
    expect(orders.partitions.map(({ leader }: { leader: number }) => leader)).toEqual([1, 2, 1]);
  });

  test('reads the message that the tool wrote', async () => {
    const args = {
      topic: 'orders',
      partition: 1,
      key: 'k',
      value: 'written here',
      headers: { source: 'tool' },
    };
    await lab.kafka.write(produce, 'it', args);
    const read = await kcat([...at, '-C', '-t', 'orders', '-p', '1', '-o', 'beginning', '-e', '-J']);
    expect(JSON.parse(read)).toMatchObject({
      offset: 0,
      key: 'k',
      payload: 'written here',
      headers: ['source', 'tool'],
    });
  });

  test.each(['none', 'gzip', 'snappy', 'lz4'])(
    'writes messages packed with %s, and the tool reads them',
    async (codec) => {
      const lines = Array.from({ length: 50 }, (_, n) => `key${n}:value ${n} ${'abc'.repeat(100)}`);
      const args = [
        '-P',
        '-t',
        'orders',
        '-p',
        '0',
        '-K',
        ':',
        '-H',
        'source=kcat',
        '-z',
        codec,
        '-X',
        'linger.ms=100',
      ];
      await kcat([...at, ...args], `${lines.join('\n')}\n`);
      const found = await lab.kafka.read(consume, 'it', {
        topic: 'orders',
        partition: 0,
        position: 'earliest',
        count: 60,
      });
      expect(found.messages.map(({ key, value }) => `${key}:${value}`)).toEqual(lines);
      expect(found.messages[0]?.headers).toEqual([{ name: 'source', value: 'kcat', encoding: 'text' }]);
    },
  );

  test('writes messages packed with zstd, which are read or refused with the reason', async () => {
    await kcat([...at, '-P', '-t', 'orders', '-p', '0', '-z', 'zstd'], `${'abc'.repeat(500)}\n`);
    const reading = lab.kafka.read(consume, 'it', { topic: 'orders', partition: 0, position: 'earliest' });
    const outcome = await reading.then(
      ({ messages }) => messages[0]?.value?.slice(0, 6),
      (error) => error.detail,
    );
    expect(outcome).toMatch(/^abcabc$|needs Node 22\.15/);
  });
});

describe.skipIf(!program)('librdkafka, as it logs in to the twin', () => {
  test.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])('with %s', async (mechanism) => {
    const login = { mechanisms: [mechanism], user: 'u', password: 'p' };
    const lab = await openLab({ login });
    const properties = [
      'security.protocol=SASL_PLAINTEXT',
      `sasl.mechanisms=${mechanism}`,
      'sasl.username=u',
    ];
    const args = [...properties, 'sasl.password=p'].flatMap((one) => ['-X', one]);
    expect(await kcat(['-b', lab.twin.brokers.join(','), '-L', ...args])).toContain('topic "orders"');
    await closeLab(lab);
  });
});

describe.skipIf(!program)('librdkafka’s own mock cluster', () => {
  test('takes what the tools write, look up and fetch', async () => {
    const mock = await startMockCluster();
    const broker = await Broker.open(
      { host: '127.0.0.1', port: mock.port },
      { tls: false, allowed: WRITE_APIS },
    );
    const { signal } = new AbortController();
    const message = { topic: 'orders', partition: 0, key: Buffer.from('k'), value: Buffer.from('v') };
    for (let twice = 0; twice < 2; twice += 1)
      await broker.ask(produceV7.api, [-1, 5_000, [message]], signal);
    const question = { partitionIndex: 0, currentLeaderEpoch: -1, timestamp: -1n };
    const asked = [{ name: 'orders', partitions: [question] }];
    const { topics } = await broker.ask(listOffsetsV5.api, [-1, 0, asked], signal);
    expect(topics[0]?.partitions[0]?.offset).toBe(2n);
    const at = { topic: 'orders', partition: 0, offset: 1n, bytes: 100_000 };
    const { partitions } = await broker.ask(fetchRecords, [at], signal);
    const { records, next } = decodeBatches(partitions[0]?.batches ?? Buffer.alloc(0), 1, 10);
    expect(next).toBe(2);
    expect(records.map(({ offset, key, value }) => [offset, `${key}`, `${value}`])).toEqual([[1, 'k', 'v']]);
    // It knows neither groups by the newer request nor settings, and says so before anything is sent.
    expect(broker.knows({ key: 32, version: 4 })).toBe(false);
    broker.close();
    await mock.stop();
  });
});
