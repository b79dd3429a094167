import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureProgram } from '../harness/install.ts';
import { type Lab, openLab } from '../services/rabbitmq/lab.ts';
import { openPrecheckLab, type PrecheckLab } from '../versions/precheck-lab.ts';

/** A way back that is tried runs its own code, which ends in requests that change the broker. */
describe.skipIf(!ensureProgram('rabbitmq-server'))('trying a way back', () => {
  let lab: Lab;
  let stack: PrecheckLab;
  beforeAll(async () => {
    lab = (await openLab()) as Lab;
    const { admin, tap, broker } = lab;
    await admin.vhost('v');
    await admin.run('PUT', 'exchanges/v/e', { type: 'topic', durable: true });
    for (const queue of ['q', 'bound']) await admin.run('PUT', `queues/v/${queue}`, { durable: true });
    await admin.run('POST', 'bindings/v/e/e/q/bound', { routing_key: 'k' });
    stack = await openPrecheckLab(
      `type: rabbitmq, url: 'http://127.0.0.1:${tap.port}', credentials: {user: {env: U}, password: {env: P}}, vhosts: {v: {}}`,
      'operates',
      { U: broker.user, P: broker.password },
    );
  });
  afterAll(async () => {
    await stack.close();
    await lab.close();
  });
  test.each([
    ['rabbitmq_declare_queue', { queue: 'quorum', type: 'quorum' }],
    ['rabbitmq_declare_queue', { queue: 'classic', type: 'classic' }],
    ['rabbitmq_delete_queue', { queue: 'bound' }],
    ['rabbitmq_declare_exchange', { exchange: 'made', type: 'fanout' }],
    ['rabbitmq_bind', { exchange: 'e', destination: 'q', routing_key: 'a' }],
    ['rabbitmq_unbind', { exchange: 'e', destination: 'q', routing_key: 'a' }],
    ['rabbitmq_delete_exchange', { exchange: 'made' }],
    [
      'rabbitmq_set_policy',
      {
        policy: 'p',
        apply_to: 'queues',
        match: { names: ['q'] },
        definition: { 'queue-mode': 'lazy' },
      },
    ],
    ['rabbitmq_delete_policy', { policy: 'p' }],
  ])('of %s %j sends nothing that changes the broker', async (tool, args) => {
    const start = await stack.written(tool, args);
    const left = await lab.admin.definitions('v');
    lab.tap.forget();
    expect(await stack.found(start)).toEqual([]);
    expect(lab.requests().length).toBeGreaterThan(0);
    for (const line of lab.requests()) expect(line).toMatch(/^GET /);
    expect(await lab.admin.definitions('v')).toEqual(left);
  });
});
