import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alarms } from '../../../src/services/rabbitmq/tools/alarms.ts';
import { bindings } from '../../../src/services/rabbitmq/tools/bindings.ts';
import { connections } from '../../../src/services/rabbitmq/tools/connections.ts';
import { consumers } from '../../../src/services/rabbitmq/tools/consumers.ts';
import { exchanges } from '../../../src/services/rabbitmq/tools/exchanges.ts';
import { nodes } from '../../../src/services/rabbitmq/tools/nodes.ts';
import { overview } from '../../../src/services/rabbitmq/tools/overview.ts';
import { policies } from '../../../src/services/rabbitmq/tools/policies.ts';
import { queue } from '../../../src/services/rabbitmq/tools/queue.ts';
import { queues } from '../../../src/services/rabbitmq/tools/queues.ts';
import { ensureProgram } from '../../harness/install.ts';
import { consumeFrom } from './amqp-consumer.ts';
import { type Lab, openLab, type Rabbit } from './lab.ts';

describe.skipIf(!ensureProgram('rabbitmq-server'))('reading a broker', () => {
  let lab: Lab;
  let rabbit: Rabbit;
  beforeAll(async () => {
    lab = (await openLab()) as Lab;
    await lab.admin.vhost('/');
    await lab.admin.vhost('sh/op');
    const { run } = lab.admin;
    for (const name of ['orders.new', 'orders.paid', 'audit', 'é/ö'])
      await run('PUT', `queues/sh%2Fop/${encodeURIComponent(name)}`, { durable: true });
    await run('PUT', 'queues/sh%2Fop/votes', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    await run('PUT', 'exchanges/sh%2Fop/orders', { type: 'topic', durable: true });
    await run('PUT', 'exchanges/sh%2Fop/others', { type: 'fanout', durable: true });
    await run('POST', 'bindings/sh%2Fop/e/orders/q/orders.new', { routing_key: 'new.#' });
    await run('POST', 'bindings/sh%2Fop/e/others/q/orders.new', { routing_key: '' });
    await run('POST', 'bindings/sh%2Fop/e/orders/q/audit', { routing_key: '#' });
    await run('PUT', 'policies/sh%2Fop/limits', {
      pattern: '^orders\\.',
      definition: { 'max-length': 1000 },
      priority: 3,
      'apply-to': 'queues',
    });
    await run('PUT', 'policies/sh%2Fop/audit-only', {
      pattern: '^audit$',
      definition: { 'max-length': 5 },
      priority: 3,
      'apply-to': 'queues',
    });
    rabbit = lab.open({
      all: { vhost: 'sh/op' },
      some: { vhost: 'sh/op', queues: ['orders.*'], exchanges: ['orders'] },
      gone: { vhost: 'nowhere' },
    });
  });
  afterAll(() => lab.close());

  test('the broker as a whole', async () => {
    expect(await rabbit.read(overview, undefined, {})).toMatchObject({
      version: expect.stringMatching(/^3\.|^4\./),
      objects: { queues: 5 },
    });
    await expect
      .poll(async () => (await rabbit.read(alarms, undefined, {})).alarms, { timeout: 20_000 })
      .toEqual([]);
    const seen = await rabbit.read(nodes, undefined, {});
    expect(seen.nodes).toMatchObject([
      { running: true, memory_limit_bytes: 2_000_000_000, cut_off_from: [] },
    ]);
    expect(JSON.stringify(seen)).not.toMatch(/mnesia|\.conf|log/);
  });

  test('an alarm in effect is told', async () => {
    // The limit is lifted above what any disk has free, through the broker's own command.
    await lab.broker.control('set_disk_free_limit', '900000GB');
    await expect
      .poll(async () => (await rabbit.read(alarms, undefined, {})).alarms.map(({ alarm }) => alarm), {
        timeout: 20_000,
      })
      .toEqual(['disk']);
    await lab.broker.control('set_disk_free_limit', '1MB');
    await expect
      .poll(async () => (await rabbit.read(alarms, undefined, {})).alarms, { timeout: 20_000 })
      .toEqual([]);
  });

  test('queues of a whole virtual host, and of a part', async () => {
    const names = async (sub: string, args = {}) =>
      (await rabbit.read(queues, sub, args)).queues.map(({ name }) => name);
    expect(await names('all')).toEqual(['audit', 'orders.new', 'orders.paid', 'votes', 'é/ö']);
    expect(await names('some')).toEqual(['orders.new', 'orders.paid']);
    expect(await names('some', { prefix: 'orders.p' })).toEqual(['orders.paid']);
    expect(await names('some', { prefix: 'a' })).toEqual([]);
    expect(await names('all', { prefix: 'orders?' })).toEqual([]);
    const cut = await rabbit.read(queues, 'all', { count: 2 });
    expect(cut).toMatchObject({ truncated: true, hint: expect.any(String) });
    expect(cut.queues).toHaveLength(2);
  });

  test('counts come once the broker has them', async () => {
    await lab.admin.put('sh/op', 'orders.paid', 'x');
    await expect
      .poll(async () => (await rabbit.read(queues, 'some', { sort: 'messages' })).queues[0], {
        timeout: 20_000,
      })
      .toMatchObject({ name: 'orders.paid', messages: 1, consumers: 0, type: 'classic' });
    await lab.admin.drain('sh/op', 'orders.paid');
  });

  test('one queue, with the bindings that the target reaches', async () => {
    const whole = await rabbit.read(queue, 'all', { queue: 'orders.new' });
    expect(whole.bindings.map(({ exchange }) => exchange).sort()).toEqual(['orders', 'others']);
    const part = await rabbit.read(queue, 'some', { queue: 'orders.new' });
    expect(part).toMatchObject({ name: 'orders.new', durable: true, exclusive: false });
    expect(part.bindings.map(({ exchange }) => exchange)).toEqual(['orders']);
    expect((await rabbit.read(queue, 'all', { queue: 'é/ö' })).name).toBe('é/ö');
    expect((await rabbit.read(queue, 'all', { queue: 'votes' })).members).toHaveLength(1);
    await expect(rabbit.read(queue, 'all', { queue: 'none' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(rabbit.read(queue, 'gone', { queue: 'x' })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('exchanges and bindings', async () => {
    const seen = await rabbit.read(exchanges, 'all', {});
    expect(seen.exchanges.map(({ name }) => name)).toContain('amq.topic');
    expect(seen.exchanges.map(({ name }) => name)).not.toContain('');
    expect((await rabbit.read(exchanges, 'some', {})).exchanges.map(({ name }) => name)).toEqual(['orders']);
    const part = await rabbit.read(bindings, 'some', {});
    expect(part.bindings).toEqual([
      {
        exchange: 'orders',
        destination: 'orders.new',
        destination_type: 'queue',
        routing_key: 'new.#',
        arguments: {},
      },
    ]);
    const of = async (args: { queue?: string; exchange?: string }) =>
      (await rabbit.read(bindings, 'all', args)).bindings.map(({ destination }) => destination).sort();
    expect(await of({ exchange: 'orders' })).toEqual(['audit', 'orders.new']);
    expect(await of({ queue: 'audit' })).toEqual(['audit']);
    expect(await of({})).toEqual(['audit', 'orders.new', 'orders.new']);
  });

  test('policies; under a narrowed link those in effect on its queues', async () => {
    const all = await rabbit.read(policies, 'all', {});
    expect(all.policies.map(({ name }) => name).sort()).toEqual(['audit-only', 'limits']);
    await expect
      .poll(async () => (await rabbit.read(policies, 'some', {})).policies.map(({ name }) => name), {
        timeout: 20_000,
      })
      .toEqual(['limits']);
  });

  test('who is connected and consumes, without passwords', async () => {
    const secret = 'amqp://joe:hunter2@elsewhere/';
    const open = await consumeFrom(lab.broker, { vhost: 'sh/op', queue: 'orders.new', name: secret });
    const idle = await consumeFrom(lab.broker, { vhost: 'sh/op', queue: 'audit', name: 'auditor' });
    try {
      await expect
        .poll(async () => (await rabbit.read(consumers, 'all', {})).consumers.length, { timeout: 20_000 })
        .toBe(2);
      expect((await rabbit.read(consumers, 'some', {})).consumers).toMatchObject([
        { queue: 'orders.new', acknowledges: true, user: 'admin' },
      ]);
      expect((await rabbit.read(consumers, 'all', { queue: 'audit' })).consumers).toHaveLength(1);
      await expect
        .poll(
          async () => (await rabbit.read(connections, 'all', {})).connections.map((one) => one.client).sort(),
          {
            timeout: 20_000,
          },
        )
        .toEqual(['amqp://{userinfo}@elsewhere/', 'auditor']);
      const part = await rabbit.read(connections, 'some', {});
      expect(part.connections.map((one) => one.client)).toEqual(['amqp://{userinfo}@elsewhere/']);
      expect(part).toMatchObject({ truncated: false, hint: expect.stringContaining('narrowed') });
      expect(JSON.stringify(part)).not.toContain('hunter2');
    } finally {
      open.close();
      idle.close();
    }
  });

  test('wrong credentials, a wrong address and a server that is no broker are told apart', async () => {
    const { openRabbit } = await import('./lab.ts');
    const wrong = openRabbit({ ...lab.broker, password: 'wrong' }, { all: {} });
    await expect(wrong.read(overview, undefined, {})).rejects.toMatchObject({ code: 'login_failed' });
    const closed = openRabbit({ ...lab.broker, port: 1 }, { all: {} });
    await expect(closed.read(overview, undefined, {})).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('an account without the right tags is told so', async () => {
    await lab.admin.run('PUT', 'users/plain', { password: 'p', tags: 'management' });
    await lab.admin.run('PUT', 'permissions/sh%2Fop/plain', { configure: '^$', write: '^$', read: '^$' });
    const { openRabbit } = await import('./lab.ts');
    const plain = openRabbit({ ...lab.broker, user: 'plain', password: 'p' }, { all: { vhost: 'sh/op' } });
    await expect(plain.read(nodes, undefined, {})).rejects.toMatchObject({ code: 'permission_denied' });
    expect((await plain.read(queues, 'all', {})).queues.length).toBeGreaterThan(0);
  });
});
