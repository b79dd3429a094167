import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deletePolicy } from '../../src/services/rabbitmq/tools/delete-policy.ts';
import { deleteQueue } from '../../src/services/rabbitmq/tools/delete-queue.ts';
import { tools } from '../../src/services/rabbitmq/tools/index.ts';
import { peek } from '../../src/services/rabbitmq/tools/peek.ts';
import { setPolicy } from '../../src/services/rabbitmq/tools/set-policy.ts';
import { ensureProgram } from '../harness/install.ts';
import { openStack, type TestStack } from '../harness/stack.ts';
import { consumeFrom } from '../services/rabbitmq/amqp-consumer.ts';
import { fresh, type Lab, openLab, type Rabbit } from '../services/rabbitmq/lab.ts';

const TOPOLOGY = (port: number, vhost: string) => `
stack: shop
components:
  bus:
    type: rabbitmq
    url: http://127.0.0.1:${port}
    credentials: {user: admin, password: {env: BUS_PASSWORD}}
    vhosts:
      shop: {vhost: ${vhost}}
  triage: {type: agent}
  watcher: {type: agent}
links:
  - {from: triage, to: bus, type: operates}
  - {from: watcher, to: bus, type: observes}
`;
const LOSING = ['rabbitmq_publish', 'rabbitmq_peek', 'rabbitmq_purge_queue', 'rabbitmq_drop_queue'];

describe.skipIf(!ensureProgram('rabbitmq-server'))('messages cannot be lost unseen', () => {
  let lab: Lab;
  let vhost: string;
  let rabbit: Rabbit;
  beforeAll(async () => {
    lab = (await openLab()) as Lab;
  });
  beforeEach(async () => {
    vhost = await lab.admin.vhost(fresh('loss'));
    rabbit = lab.open({ v: { vhost } });
    const types = { classic: 'classic', quorum: 'quorum', stream: 'stream' };
    for (const [name, type] of Object.entries(types))
      await lab.admin.run('PUT', `queues/${vhost}/${name}`, {
        durable: true,
        arguments: { 'x-queue-type': type },
      });
    for (const name of ['classic', 'quorum']) await lab.admin.put(vhost, name, 'precious');
    lab.tap.forget();
  });
  afterAll(() => lab.close());

  const withStack = async (env: Record<string, string>, work: (stack: TestStack) => Promise<void>) => {
    const topology = TOPOLOGY(lab.tap.port, vhost);
    const stack = await openStack({ topology, env: { BUS_PASSWORD: lab.broker.password, ...env } });
    try {
      await work(stack);
    } finally {
      await stack.close();
    }
  };

  test('what cannot be taken back waits for a human, and nothing is sent before', async () => {
    await withStack({ MCP_BUS_WRITE_ACCESS: 'true' }, async (stack) => {
      for (const tool of LOSING) {
        const payload = tool === 'rabbitmq_publish' ? { payload: 'x' } : {};
        const result = await stack.call(tool, { queue: 'classic', ...payload }, { as: 'triage' });
        expect(result.isError, tool).toBe(true);
        expect(JSON.stringify(result.content)).toContain('approval_required');
      }
    });
    expect(lab.requests()).toEqual([]);
    expect(await lab.admin.drain(vhost, 'classic')).toEqual([{ payload: 'precious', redelivered: false }]);
  });

  test('without the flag, and along a link that only looks, no write tool is there', async () => {
    const writes = tools.filter(({ access }) => access === 'write').map(({ name }) => name);
    const check = async (stack: TestStack, as: string) => {
      expect(stack.tools(as).filter((name) => writes.some((one) => one === name))).toEqual([]);
      const result = await stack.call('rabbitmq_purge_queue', { queue: 'classic' }, { as });
      expect(JSON.stringify(result.content)).toContain('unknown_tool');
    };
    await withStack({}, (stack) => check(stack, 'triage'));
    await withStack({ MCP_BUS_WRITE_ACCESS: 'true' }, (stack) => check(stack, 'watcher'));
    expect(lab.requests()).toEqual([]);
  });

  test('every tool that can cost a message says so, and no other write is without a way back', () => {
    const irreversible = tools
      .filter((tool) => tool.effect?.irreversible !== undefined)
      .map(({ name }) => name);
    expect(irreversible.sort()).toEqual([...LOSING].sort());
  });

  test.each(['classic', 'quorum', 'stream'])('a %s queue with messages is not deleted', async (queue) => {
    await expect(rabbit.write(deleteQueue, 'v', { queue })).rejects.toMatchObject({ code: 'conflict' });
    const { queues } = await lab.admin.definitions(vhost);
    expect(queues).toHaveLength(3);
    if (queue !== 'stream')
      expect(await lab.admin.drain(vhost, queue)).toMatchObject([{ payload: 'precious' }]);
  });

  test('a message that comes after the look and before the delete is not lost', async () => {
    await lab.admin.drain(vhost, 'classic');
    const between = async () => void (await lab.admin.put(vhost, 'classic', 'late'));
    await expect(rabbit.write(deleteQueue, 'v', { queue: 'classic' }, { between })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await lab.admin.drain(vhost, 'classic')).toMatchObject([{ payload: 'late' }]);
  });

  test('a queue that somebody consumes from is not deleted', async () => {
    await lab.admin.drain(vhost, 'classic');
    const consumer = await consumeFrom(lab.broker, { vhost, queue: 'classic', name: 'app' });
    try {
      await expect(rabbit.write(deleteQueue, 'v', { queue: 'classic' })).rejects.toMatchObject({
        code: 'conflict',
      });
    } finally {
      consumer.close();
    }
    expect((await lab.admin.definitions(vhost)).queues).toHaveLength(3);
  });

  test('a look at a quorum queue or stream is refused, since it uses up deliveries', async () => {
    for (const queue of ['quorum', 'stream'])
      await expect(rabbit.write(peek, 'v', { queue })).rejects.toMatchObject({ code: 'conflict' });
    expect(lab.requests().filter((line) => line.startsWith('POST'))).toEqual([]);
    expect(await lab.admin.drain(vhost, 'quorum')).toEqual([{ payload: 'precious', redelivered: false }]);
  });

  test('a look at a classic queue takes nothing and leaves the mark that it says it leaves', async () => {
    await lab.admin.put(vhost, 'classic', 'second');
    const { output } = await rabbit.write(peek, 'v', { queue: 'classic', count: 1, bytes: 4 });
    expect(output).toMatchObject({
      messages: [{ payload: 'prec', redelivered: false }],
      left: 1,
      truncated: true,
    });
    expect(await lab.admin.drain(vhost, 'classic')).toEqual([
      { payload: 'precious', redelivered: true },
      { payload: 'second', redelivered: false },
    ]);
  });

  test.each([
    'message-ttl',
    'expires',
    'max-length',
    'max-length-bytes',
    'overflow',
    'delivery-limit',
    'max-age',
  ])('a policy cannot set %s', (key) => {
    const args = { policy: 'p', apply_to: 'queues', match: { names: ['classic'] } };
    expect(
      setPolicy.params.safeParse({ ...args, definition: { 'queue-mode': 'lazy', [key]: 1 } }).success,
    ).toBe(false);
  });

  test('a policy is not deleted from over one that would then drop messages, nor put over it', async () => {
    const set = (name: string, priority: number, definition: Record<string, unknown>) =>
      lab.admin.run('PUT', `policies/${vhost}/${name}`, {
        pattern: '^cl',
        definition,
        priority,
        'apply-to': 'queues',
      });
    await set('cover', 5, { 'queue-mode': 'lazy' });
    await set('limit', 1, { 'max-length': 1 });
    for (const payload of ['b', 'c']) await lab.admin.put(vhost, 'classic', payload);
    const before = await lab.admin.definitions(vhost);
    const args = {
      apply_to: 'queues' as const,
      match: { names: ['classic'] },
      definition: { 'queue-mode': 'default' as const },
      priority: 9,
    };
    const attempts = [
      rabbit.write(deletePolicy, 'v', { policy: 'cover' }),
      rabbit.write(deletePolicy, 'v', { policy: 'limit' }),
      rabbit.write(setPolicy, 'v', { policy: 'limit', ...args }),
      rabbit.write(setPolicy, 'v', { policy: 'cover', ...args, match: { names: ['other'] } }),
      rabbit.write(setPolicy, 'v', { policy: 'third', ...args }),
    ];
    for (const attempt of await Promise.allSettled(attempts))
      expect(attempt).toMatchObject({
        status: 'rejected',
        reason: { code: 'conflict', detail: expect.stringMatching(/limits/) },
      });
    expect(await lab.admin.definitions(vhost)).toEqual(before);
    expect(await lab.admin.drain(vhost, 'classic')).toHaveLength(3);
  });

  test('a policy that would apply to more than the call allows is refused', async () => {
    for (const name of ['n1', 'n2', 'n3'])
      await lab.admin.run('PUT', `queues/${vhost}/${name}`, { durable: true });
    const args = {
      policy: 'p',
      apply_to: 'queues' as const,
      match: { prefixes: ['n'] },
      definition: { 'queue-mode': 'lazy' as const },
    };
    await expect(rabbit.write(setPolicy, 'v', { ...args, max_affected: 2 })).rejects.toMatchObject({
      code: 'invalid_arguments',
    });
    expect((await lab.admin.definitions(vhost)).policies).toEqual([]);
    expect((await rabbit.write(setPolicy, 'v', { ...args, max_affected: 3 })).output.applies_to).toHaveLength(
      3,
    );
  });
});
