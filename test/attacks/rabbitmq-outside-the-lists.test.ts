import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deletePolicy } from '../../src/services/rabbitmq/tools/delete-policy.ts';
import { deleteQueue } from '../../src/services/rabbitmq/tools/delete-queue.ts';
import { dropQueue } from '../../src/services/rabbitmq/tools/drop-queue.ts';
import { publish } from '../../src/services/rabbitmq/tools/publish.ts';
import { queues } from '../../src/services/rabbitmq/tools/queues.ts';
import { setPolicy } from '../../src/services/rabbitmq/tools/set-policy.ts';
import { ensureProgram } from '../harness/install.ts';
import { ON_EXCHANGES, ON_QUEUES } from '../services/rabbitmq/attempts.ts';
import { type Lab, openLab, type Rabbit } from '../services/rabbitmq/lab.ts';

describe.skipIf(!ensureProgram('rabbitmq-server'))('queues and exchanges outside the lists of a link', () => {
  let lab: Lab;
  let rabbit: Rabbit;
  beforeAll(async () => {
    lab = (await openLab()) as Lab;
    await lab.admin.vhost('shop');
    const { run } = lab.admin;
    for (const name of ['q', 'q.new', 'my.a', 'my.b', 'secret', 'tied'])
      await run('PUT', `queues/shop/${name}`, { durable: true });
    for (const name of ['e', 'secret'])
      await run('PUT', `exchanges/shop/${name}`, { type: 'topic', durable: true });
    await run('POST', 'bindings/shop/e/secret/q/tied', { routing_key: 'k' });
    await run('PUT', 'policies/shop/theirs', {
      pattern: '^(my|secret)',
      definition: { 'queue-mode': 'lazy' },
      'apply-to': 'queues',
      priority: 1,
    });
    await lab.admin.put('shop', 'secret', 'private');
    rabbit = lab.open({
      part: { vhost: 'shop', queues: ['q', 'q.new', 'my.*', 'tied'], exchanges: ['e', 'e.new'] },
      whole: { vhost: 'shop' },
    });
  });
  beforeEach(() => lab.tap.forget());
  afterAll(() => lab.close());

  // `my.*` is the beginning `my.` and nothing else; no character of a name means more than itself.
  const OUTSIDE = [
    'secret',
    'my',
    'my*',
    'My.a',
    ' my.a',
    'xmy.a',
    '*',
    '#',
    '.*',
    'q.',
    'Q',
    'q ',
    'q*',
    'my.a\u0000',
  ];

  test.each(OUTSIDE)('the queue %j is refused before a byte about it leaves', async (name) => {
    const state = await lab.admin.definitions('shop');
    for (const attempt of ON_QUEUES(name)) await expect(attempt(rabbit, 'part')).rejects.toThrow();
    expect(lab.requests()).toEqual([]);
    expect(await lab.admin.definitions('shop')).toEqual(state);
  });

  test.each(['secret', 'e2', 'E', '*', 'e*', 'amq.topic', 'amq.default'])(
    'the exchange %j is refused before a byte about it leaves',
    async (name) => {
      const state = await lab.admin.definitions('shop');
      for (const attempt of ON_EXCHANGES(name))
        await expect(attempt(rabbit, 'part')).rejects.toThrow(/not_linked/);
      expect(lab.requests()).toEqual([]);
      expect(await lab.admin.definitions('shop')).toEqual(state);
    },
  );

  test.each(['CC', 'BCC', 'cc', 'Bcc'])(
    'the header %s cannot send a copy to another queue',
    async (header) => {
      const args = { queue: 'q', payload: 'copy', properties: { headers: { [header]: ['secret'] } } };
      expect(publish.params.safeParse(args).success).toBe(false);
      expect(
        publish.params.safeParse({ ...args, properties: { headers: { [header]: 'secret' } } }).success,
      ).toBe(false);
      // The broker itself would have sent it: this is what the refusal is for.
      await lab.admin.run('POST', 'exchanges/shop/amq.default/publish', {
        properties: { headers: { CC: ['q'] } },
        routing_key: 'nobody',
        payload: 'copied',
        payload_encoding: 'string',
      });
      expect(await lab.admin.drain('shop', 'q')).toMatchObject([{ payload: 'copied' }]);
    },
  );

  test('a message cannot name where others shall answer or who sent it', () => {
    for (const key of ['reply_to', 'user_id', 'expiration', 'cluster_id', 'delivery_mode'])
      expect(
        publish.params.safeParse({ queue: 'q', payload: 'x', properties: { [key]: 'secret' } }).success,
      ).toBe(false);
  });

  test.each(['m', 'my', 's', 'q', '.', '(', '|', '^', 'my|my.'])(
    'a policy on what begins with %j is refused',
    async (prefix) => {
      const state = await lab.admin.definitions('shop');
      await expect(
        rabbit.write(setPolicy, 'part', {
          policy: 'wide',
          apply_to: 'queues',
          match: { prefixes: [prefix] },
          definition: { 'queue-mode': 'lazy' },
        }),
      ).rejects.toThrow();
      expect(lab.requests()).toEqual([]);
      expect(await lab.admin.definitions('shop')).toEqual(state);
    },
  );

  test('characters of regular expressions in a policy’s match are text at the broker', async () => {
    const args = {
      policy: 'text',
      apply_to: 'queues' as const,
      match: { names: ['my.a|secret', 'my.)|(.*'], prefixes: ['my.[', 'my.\\E.*'] },
      definition: { 'queue-mode': 'lazy' as const },
    };
    const written = await rabbit.write(setPolicy, 'part', args);
    expect(written.output.applies_to).toEqual([]);
    await expect
      .poll(async () => ((await lab.admin.run('GET', 'queues/shop/secret')) as { policy: string }).policy, {
        timeout: 20_000,
      })
      .toBe('theirs');
    expect(((await lab.admin.run('GET', 'queues/shop/q')) as { policy: unknown }).policy ?? null).toBeNull();
    await rabbit.revert(setPolicy, 'part', args, written);
  });

  test('a policy that reaches further than the link is neither replaced nor deleted', async () => {
    const state = await lab.admin.definitions('shop');
    const args = {
      apply_to: 'queues' as const,
      match: { names: ['q'] },
      definition: { 'queue-mode': 'lazy' as const },
    };
    await expect(rabbit.write(setPolicy, 'part', { policy: 'theirs', ...args })).rejects.toMatchObject({
      code: 'not_linked',
    });
    await expect(rabbit.write(deletePolicy, 'part', { policy: 'theirs' })).rejects.toMatchObject({
      code: 'not_linked',
    });
    expect(await lab.admin.definitions('shop')).toEqual(state);
  });

  test('a queue bound from outside is not deleted, since the binding could not be put back', async () => {
    const state = await lab.admin.definitions('shop');
    const attempts = [
      rabbit.write(deleteQueue, 'part', { queue: 'tied' }),
      rabbit.write(dropQueue, 'part', { queue: 'tied' }),
    ];
    for (const attempt of await Promise.allSettled(attempts))
      expect(attempt).toMatchObject({ status: 'rejected', reason: { code: 'not_linked' } });
    expect(await lab.admin.definitions('shop')).toEqual(state);
  });

  test('a recorded change that names a queue outside is not reverted onto it', async () => {
    const written = await rabbit.write(deleteQueue, 'part', { queue: 'my.b' });
    const forged = JSON.parse(JSON.stringify(written).replaceAll('my.b', 'secret2'));
    await expect(rabbit.revert(deleteQueue, 'part', { queue: 'my.b' }, forged)).rejects.toMatchObject({
      code: 'not_linked',
    });
    await rabbit.revert(deleteQueue, 'part', { queue: 'my.b' }, written);
  });

  test('a prefix and a list show no name outside', async () => {
    const { queues: seen } = await rabbit.read(queues, 'part', { prefix: 's' });
    expect(seen).toEqual([]);
    expect(JSON.stringify(await rabbit.read(queues, 'part', {}))).not.toContain('secret');
  });

  test('the broker’s own exchanges stay alone, even where the whole virtual host is linked', async () => {
    const state = await lab.admin.definitions('shop');
    for (const name of ['amq.topic', 'amq.rabbitmq.trace', 'amq.default', 'amq.new']) {
      const attempts = ON_EXCHANGES(name).slice(1);
      for (const attempt of attempts) await expect(attempt(rabbit, 'whole')).rejects.toThrow(/not_linked/);
    }
    for (const attempt of ON_QUEUES('amq.gen-x').slice(3))
      await expect(attempt(rabbit, 'whole')).rejects.toThrow();
    const named = lab.open({ v: { vhost: 'shop', exchanges: ['amq.*'] } });
    for (const attempt of ON_EXCHANGES('amq.rabbitmq.trace').slice(1))
      await expect(attempt(named, 'v')).rejects.toThrow(/not_linked/);
    expect(lab.requests().filter((line) => !line.startsWith('GET'))).toEqual([]);
    expect(await lab.admin.definitions('shop')).toEqual(state);
  });
});
