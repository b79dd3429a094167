import { afterEach, describe, expect, test } from 'vitest';
import { connector } from '../../../src/services/kafka/connect.ts';
import { topicIn } from '../../../src/services/kafka/scope.ts';
import { describeTopic } from '../../../src/services/kafka/tools/describe-topic.ts';
import { groupLag } from '../../../src/services/kafka/tools/group-lag.ts';
import { listGroups } from '../../../src/services/kafka/tools/list-groups.ts';
import { listTopics } from '../../../src/services/kafka/tools/list-topics.ts';
import { offsets } from '../../../src/services/kafka/tools/offsets.ts';
import { produce } from '../../../src/services/kafka/tools/produce.ts';
import { closeLab, type Lab, LIMITS, openKafka, openLab, REACH } from './fixture.ts';

let lab: Lab | undefined;
afterEach(async () => {
  if (lab) await closeLab(lab);
  lab = undefined;
});
const MECHANISMS = [
  ['plain', 'PLAIN'],
  ['scram-sha-256', 'SCRAM-SHA-256'],
  ['scram-sha-512', 'SCRAM-SHA-512'],
] as const;

describe.each(MECHANISMS)('logging in with %s', (mechanism, offered) => {
  const login = { mechanisms: [offered], user: 'stackward', password: 'right one' };

  test('the right password opens the cluster', async () => {
    lab = await openLab({ nodes: 2, login, mechanism });
    expect((await lab.kafka.read(listTopics, 'it', {})).topics).toHaveLength(2);
  });

  test('a wrong one is refused, once', async () => {
    lab = await openLab({ nodes: 3, login, mechanism, password: 'wrong one' });
    await expect(lab.kafka.read(listTopics, 'it', {})).rejects.toMatchObject({ code: 'login_failed' });
    // A second broker would count as a second attempt, and accounts are locked for that.
    expect(lab.twin.logins().toString().split('stackward').length - 1).toBe(1);
    expect(lab.twin.requests).toEqual([]);
  });

  test('a broker that offers another mechanism gets no password', async () => {
    lab = await openLab({ login: { ...login, mechanisms: ['GSSAPI'] }, mechanism });
    await expect(lab.kafka.read(listTopics, 'it', {})).rejects.toMatchObject({ code: 'login_failed' });
    expect(lab.twin.logins()).toHaveLength(0);
  });
});

describe('a broker that is not there', () => {
  test('is unreachable', async () => {
    lab = await openLab();
    await lab.twin.close();
    await expect(lab.kafka.read(listTopics, 'it', {})).rejects.toMatchObject({ code: 'unreachable' });
    await expect(lab.kafka.write(produce, 'it', { topic: 'orders', value: 'x' })).rejects.toMatchObject({
      code: 'unreachable',
    });
  });

  test('is passed over for the next that is declared', async () => {
    lab = await openLab({ nodes: 2 });
    const kafka = openKafka(['127.0.0.1:1', ...lab.twin.brokers]);
    expect((await kafka.read(listTopics, 'it', {})).topics).toHaveLength(2);
  });
});

test('a broker that is advertised in other capitals than declared is the same one', async () => {
  lab = await openLab();
  const [node] = lab.twin.nodes;
  if (node) node.host = 'LocalHost';
  const kafka = openKafka([`localhost:${node?.port}`]);
  expect((await kafka.read(offsets, 'it', { topic: 'orders' })).partitions).toHaveLength(3);
});

describe('a connection that breaks', () => {
  test('fails the read on it, and the next read opens another', async () => {
    lab = await openLab();
    const endpoint = { component: 'bus', sub: 'it', entry: REACH, limits: LIMITS, warn: () => {} };
    const connection = { brokers: [...lab.twin.brokers], tls: false, advertised: 'declared' as const };
    const { client, close } = await connector.openReader({ ...endpoint, connection });
    const { signal } = new AbortController();
    const topic = topicIn(lab.kafka.target('it'), 'orders');
    lab.twin.onNext('Metadata', 'cut');
    await expect(client.topic(topic, signal)).rejects.toMatchObject({ code: 'unreachable' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.topic(topic, signal)));
    expect(answers.every((one) => one?.partitions.length === 3)).toBe(true);
    expect(lab.twin.connections()).toBe(1);
    await close();
    await expect.poll(() => lab?.twin.connections()).toBe(0);
    await expect(client.topic(topic, signal)).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('a client that is let go of while it connects opens nothing more', async () => {
    lab = await openLab();
    const connection = { brokers: [...lab.twin.brokers], tls: false, advertised: 'declared' as const };
    const endpoint = {
      component: 'bus',
      sub: 'it',
      entry: REACH,
      limits: LIMITS,
      warn: () => {},
      connection,
    };
    const { client, close } = await connector.openReader(endpoint);
    const { signal } = new AbortController();
    const readings = Promise.allSettled([client.topics(signal), client.topics(signal)]);
    await close();
    await readings;
    await expect.poll(() => lab?.twin.connections()).toBe(0);
  });

  test.each(['read', 'write'] as const)('none stays open after a %s', async (kind) => {
    lab = await openLab({ nodes: 3 });
    if (kind === 'read') await lab.kafka.read(offsets, 'it', { topic: 'orders' });
    else await lab.kafka.write(produce, 'it', { topic: 'orders', value: 'x' });
    await expect.poll(() => lab?.twin.connections()).toBe(0);
  });
});

describe('a broker that does not answer', () => {
  test.each([
    [undefined, 'cancelled'],
    [new DOMException('late', 'TimeoutError'), 'timeout'],
  ] as const)('is left when the call ends (%s)', async (reason, code) => {
    lab = await openLab();
    const abort = new AbortController();
    lab.twin.onNext('Metadata', 'silent');
    lab.twin.meanwhile('Metadata', () => setImmediate(() => abort.abort(reason)));
    const reading = lab.kafka.read(describeTopic, 'it', { topic: 'orders' }, { signal: abort.signal });
    await expect(reading).rejects.toMatchObject({ code });
    await expect.poll(() => lab?.twin.connections()).toBe(0);
  });

  test('a call that is cancelled before it starts sends nothing', async () => {
    lab = await openLab();
    const signal = AbortSignal.abort();
    await expect(lab.kafka.read(listTopics, 'it', {}, { signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    await expect(
      lab.kafka.write(produce, 'it', { topic: 'orders', value: 'x' }, { signal }),
    ).rejects.toMatchObject({ code: 'cancelled' });
    expect(lab.twin.requests).toEqual([]);
  });
});

describe('an error code of the broker', () => {
  test.each([
    ['Metadata', 29, 'permission_denied'],
    ['Metadata', 5, 'backend_failed'],
    ['ListOffsets', 6, 'backend_failed'],
    ['ListOffsets', 3, 'not_found'],
  ] as const)('%s %i is %s', async (api, code, expected) => {
    lab = await openLab();
    lab.twin.refuse(api, code);
    await expect(lab.kafka.read(offsets, 'it', { topic: 'orders' })).rejects.toMatchObject({
      code: expected,
    });
  });

  test.each([
    ['FindCoordinator', 15, 'backend_failed'],
    ['FindCoordinator', 30, 'permission_denied'],
    ['OffsetFetch', 16, 'backend_failed'],
    ['OffsetFetch', 30, 'permission_denied'],
  ] as const)('%s %i is %s', async (api, code, expected) => {
    lab = await openLab();
    lab.twin.refuse(api, code);
    await expect(lab.kafka.read(groupLag, 'it', { group: 'orders-x' })).rejects.toMatchObject({
      code: expected,
    });
  });

  test.each([6, 15, 16, 41, 56])(
    'with which a leader went away leaves a write in doubt (%i)',
    async (code) => {
      lab = await openLab();
      lab.twin.refuse('Produce', code);
      await expect(lab.kafka.write(produce, 'it', { topic: 'orders', value: 'x' })).rejects.toMatchObject({
        code: 'outcome_unknown',
      });
    },
  );

  test('that nobody knows yet does not end the process', async () => {
    lab = await openLab();
    lab.twin.refuse('ListGroups', 9_999);
    await expect(lab.kafka.read(listGroups, 'it', {})).rejects.toMatchObject({ code: 'backend_failed' });
    lab.twin.refuse('Produce', 9_999);
    await expect(lab.kafka.write(produce, 'it', { topic: 'orders', value: 'x' })).rejects.toMatchObject({
      code: 'outcome_unknown',
    });
  });
});
