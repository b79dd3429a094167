import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ensureProgram } from '../harness/install.ts';
import { fresh, type Lab, openLab } from '../services/rabbitmq/lab.ts';
import { openPrecheckLab, type PrecheckLab } from './precheck-lab.ts';

const ALL = { configure: '.*', write: '.*', read: '.*' };

describe.skipIf(!ensureProgram('rabbitmq-server'))('a rollback on RabbitMQ', () => {
  let lab: Lab;
  let stack: PrecheckLab;
  let vhost: string;
  const user = fresh('account');
  const at = (path: string) => path.replace('V', vhost);
  const run = (method: string, path: string, body?: Record<string, unknown>) =>
    lab.admin.run(method, at(path), body);
  const tags = (words: string) => run('PUT', `users/${user}`, { password: 'pass', tags: words });
  const permit = (permission: Partial<typeof ALL> = {}) =>
    run('PUT', `permissions/V/${user}`, { ...ALL, ...permission });

  beforeAll(async () => {
    lab = (await openLab()) as Lab;
  });
  afterAll(() => lab.close());
  beforeEach(async () => {
    vhost = await lab.admin.vhost(fresh('v'));
    await tags('administrator');
    await permit();
    await run('PUT', 'exchanges/V/orders', { type: 'topic', durable: true });
    await run('PUT', 'exchanges/V/dead', { type: 'fanout', durable: true });
    await run('PUT', 'queues/V/work', {
      durable: true,
      arguments: { 'x-queue-type': 'classic', 'x-dead-letter-exchange': 'dead' },
    });
    await run('POST', 'bindings/V/e/orders/q/work', { routing_key: 'new' });
    stack = await openPrecheckLab(
      `type: rabbitmq, url: 'http://127.0.0.1:${lab.tap.port}', credentials: {user: {env: U}, password: {env: P}}, vhosts: {${vhost}: {}}`,
      'operates',
      { U: user, P: 'pass' },
    );
  });
  afterEach(() => stack.close());

  const written: PrecheckLab['written'] = (tool, args) => stack.written(tool, args);
  const plan = (to: number) => stack.plan(to);
  const found = (to: number) => stack.found(to);
  const deleted = () => written('rabbitmq_delete_queue', { queue: 'work' });

  test('with every right has nothing in its way', async () => {
    expect(await plan(await deleted())).toMatchObject({ obstacles: [], untried: [] });
  });

  test.each([
    [{ configure: '^x' }, 'configure the queue work'],
    [{ configure: '' }, 'configure the queue work'],
    [{ read: '^orders$' }, 'read from the queue work'],
    [{ write: '^work$' }, 'write to the exchange dead'],
    [{ write: '^dead$' }, 'write to the queue work'],
    [{ read: '^work$' }, 'read from the exchange orders'],
  ])('to declare and bind a queue again, under %j lacks a right', async (permission, lacks) => {
    const start = await deleted();
    await permit(permission);
    expect(await found(start)).toEqual([expect.stringContaining(`may not ${lacks};`)]);
  });

  test('to take an exchange down again lacks the right to configure it', async () => {
    const start = await written('rabbitmq_declare_exchange', { exchange: 'made', type: 'fanout' });
    await permit({ configure: '^orders$' });
    expect(await found(start)).toEqual([expect.stringContaining('may not configure the exchange made')]);
  });

  test('to take a quorum queue down again has to look into it', async () => {
    const start = await written('rabbitmq_declare_queue', { queue: 'made', type: 'quorum' });
    await permit({ read: '^orders$' });
    expect(await found(start)).toEqual([expect.stringContaining('may not read from the queue made')]);
  });

  test('of a policy needs the tag for it', async () => {
    const start = await written('rabbitmq_set_policy', {
      policy: 'lazy',
      apply_to: 'queues',
      match: { names: ['work'] },
      definition: { 'queue-mode': 'lazy' },
    });
    await tags('monitoring');
    expect(await found(start)).toEqual([expect.stringContaining('takes the tag policymaker')]);
    await tags('monitoring,policymaker');
    expect(await plan(start)).toMatchObject({ obstacles: [], untried: [] });
  });

  test('finds a right that went for a later step too', async () => {
    const start = await written('rabbitmq_declare_exchange', { exchange: 'made', type: 'fanout' });
    await written('rabbitmq_bind', { exchange: 'orders', destination: 'work', routing_key: 'old' });
    await permit({ configure: '^orders$' });
    expect(await found(start)).toEqual([expect.stringContaining('may not configure the exchange made')]);
  });

  test('says of an account that may not read its rights that they were not tried', async () => {
    const start = await deleted();
    await tags('monitoring,policymaker');
    const { obstacles, untried } = await plan(start);
    expect(obstacles).toEqual([]);
    expect(untried).toEqual([
      expect.stringMatching(
        /^it: whether the account .* may configure the queue work, .*administrators alone$/,
      ),
    ]);
  });

  test('judges no expression that may mean something else to the broker', async () => {
    const start = await written('rabbitmq_declare_exchange', { exchange: 'made', type: 'fanout' });
    await permit({ configure: '(?i)^MADE$' });
    expect(await plan(start)).toMatchObject({
      obstacles: [],
      untried: [expect.stringContaining('may configure the exchange made')],
    });
  });

  test('finds what somebody did since, before anything is changed', async () => {
    const start = await deleted();
    await run('PUT', 'queues/V/work', { durable: false });
    expect(await found(start)).toEqual([expect.stringContaining('declared work anew with other settings')]);
  });

  test('of steps that build on each other is not stopped by what the first will mend', async () => {
    const start = await written('rabbitmq_unbind', {
      exchange: 'orders',
      destination: 'work',
      routing_key: 'new',
    });
    await deleted();
    expect(await plan(start)).toMatchObject({ obstacles: [], untried: [] });
  });
});
