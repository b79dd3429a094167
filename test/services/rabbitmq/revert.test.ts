import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { declareQueue } from '../../../src/services/rabbitmq/tools/declare-queue.ts';
import { deleteQueue } from '../../../src/services/rabbitmq/tools/delete-queue.ts';
import { setPolicy } from '../../../src/services/rabbitmq/tools/set-policy.ts';
import { ensureProgram } from '../../harness/install.ts';
import { fresh, type Lab, openLab, type Rabbit } from './lab.ts';
import { randomSteps } from './random-steps.ts';

describe.skipIf(!ensureProgram('rabbitmq-server'))('the way back', () => {
  let lab: Lab;
  let vhost: string;
  let rabbit: Rabbit;
  beforeAll(async () => {
    lab = (await openLab()) as Lab;
  });
  beforeEach(async () => {
    vhost = await lab.admin.vhost(fresh('way'));
    rabbit = lab.open({ v: { vhost } });
    const { run } = lab.admin;
    await run('PUT', `queues/${vhost}/q`, { durable: true, arguments: { 'x-message-ttl': 60_000 } });
    await run('PUT', `exchanges/${vhost}/e`, { type: 'topic', durable: true });
    await run('PUT', `exchanges/${vhost}/h`, { type: 'headers', durable: true });
    await run('PUT', `exchanges/${vhost}/leaf`, { type: 'fanout', durable: true });
    await run('POST', `bindings/${vhost}/e/e/q/q`, { routing_key: 'a.*.~%/ #' });
    await run('POST', `bindings/${vhost}/e/h/q/q`, {
      routing_key: '',
      arguments: { 'x-match': 'all', n: 5, s: 'x' },
    });
    await run('POST', `bindings/${vhost}/e/e/e/leaf`, { routing_key: 'leaf' });
    await run('PUT', `policies/${vhost}/p`, {
      pattern: '^(a|b).*x$',
      definition: { 'queue-mode': 'lazy' },
      priority: 2,
      'apply-to': 'queues',
    });
  });
  afterAll(() => lab.close());

  test('a deleted queue comes back with its arguments and every binding', async () => {
    const before = await lab.admin.definitions(vhost);
    const written = await rabbit.write(deleteQueue, 'v', { queue: 'q' });
    expect(written.output).toEqual({ queue: 'q', deleted: true, bindings: 2 });
    expect((await lab.admin.definitions(vhost)).queues).toEqual([]);
    await rabbit.revert(deleteQueue, 'v', { queue: 'q' }, written);
    expect(await lab.admin.definitions(vhost)).toEqual(before);
    await rabbit.revert(deleteQueue, 'v', { queue: 'q' }, written);
    expect(await lab.admin.definitions(vhost)).toEqual(before);
  });

  test('a half-restored queue is restored whole by the second attempt', async () => {
    const before = await lab.admin.definitions(vhost);
    const written = await rabbit.write(deleteQueue, 'v', { queue: 'q' });
    await lab.admin.run('PUT', `queues/${vhost}/q`, {
      durable: true,
      arguments: { 'x-message-ttl': 60_000 },
    });
    await rabbit.revert(deleteQueue, 'v', { queue: 'q' }, written);
    expect(await lab.admin.definitions(vhost)).toEqual(before);
  });

  test('a queue that somebody declared anew otherwise stays as it is', async () => {
    const written = await rabbit.write(deleteQueue, 'v', { queue: 'q' });
    await lab.admin.run('PUT', `queues/${vhost}/q`, { durable: false });
    const theirs = await lab.admin.definitions(vhost);
    await expect(rabbit.revert(deleteQueue, 'v', { queue: 'q' }, written)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await lab.admin.definitions(vhost)).toEqual(theirs);
  });

  test.each([
    ['classic', 'a message'],
    ['quorum', 'a message'],
    ['classic', 'a binding'],
    ['quorum', 'a binding'],
  ] as const)('a declared %s queue that got %s is not taken back', async (type, what) => {
    const args = { queue: 'new', type };
    const written = await rabbit.write(declareQueue, 'v', args);
    expect(written.output.created).toBe(true);
    if (what === 'a message') await lab.admin.put(vhost, 'new', 'precious');
    else await lab.admin.run('POST', `bindings/${vhost}/e/e/q/new`, { routing_key: 'k' });
    await expect(rabbit.revert(declareQueue, 'v', args, written)).rejects.toMatchObject({ code: 'conflict' });
    if (what === 'a message')
      expect(await lab.admin.drain(vhost, 'new')).toMatchObject([{ payload: 'precious' }]);
    else expect((await lab.admin.definitions(vhost)).queues).toHaveLength(2);
  });

  test('a queue that was there already is not taken back, nor one whose declarer is unknown', async () => {
    const args = { queue: 'q', type: 'classic', message_ttl_ms: 60_000 } as const;
    await lab.admin.run('PUT', `queues/${vhost}/same`, {
      durable: true,
      arguments: { 'x-queue-type': 'quorum' },
    });
    const written = await rabbit.write(declareQueue, 'v', { queue: 'same' });
    expect(written.output).toEqual({ queue: 'same', created: false });
    const state = await lab.admin.definitions(vhost);
    await rabbit.revert(declareQueue, 'v', { queue: 'same' }, written);
    expect(await lab.admin.definitions(vhost)).toEqual(state);
    await expect(rabbit.write(declareQueue, 'v', { ...args, message_ttl_ms: 1 })).rejects.toMatchObject({
      code: 'conflict',
    });
    const torn = { before: { queue: null }, after: null };
    await expect(rabbit.revert(declareQueue, 'v', args, torn)).rejects.toMatchObject({ code: 'conflict' });
    expect(await lab.admin.definitions(vhost)).toEqual(state);
  });

  test('somebody who declares the same queue meanwhile keeps it', async () => {
    const mine = { durable: true, arguments: { 'x-queue-type': 'quorum' } };
    const between = async () => void (await lab.admin.run('PUT', `queues/${vhost}/race`, mine));
    const written = await rabbit.write(declareQueue, 'v', { queue: 'race' }, { between });
    expect(written.output.created).toBe(false);
    await rabbit.revert(declareQueue, 'v', { queue: 'race' }, written);
    expect((await lab.admin.definitions(vhost)).queues).toHaveLength(2);
  });

  test('a policy that somebody changed since stays as it is', async () => {
    const params = {
      policy: 'mine',
      apply_to: 'queues' as const,
      match: { names: ['q'] },
      definition: { 'queue-mode': 'lazy' as const },
    };
    const written = await rabbit.write(setPolicy, 'v', params);
    expect(written.output).toEqual({ policy: 'mine', pattern: '^(?!amq\\.)(?:q)$', applies_to: ['q'] });
    await lab.admin.run('PUT', `policies/${vhost}/mine`, {
      pattern: 'z',
      definition: { 'queue-mode': 'lazy' },
    });
    const theirs = await lab.admin.definitions(vhost);
    await expect(rabbit.revert(setPolicy, 'v', params, written)).rejects.toMatchObject({ code: 'conflict' });
    expect(await lab.admin.definitions(vhost)).toEqual(theirs);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'whatever was written comes back, in reverse order (seed %i)',
    async (seed) => {
      const next = randomSteps(rabbit, seed);
      const states = [await lab.admin.definitions(vhost)];
      const undo: (() => Promise<void>)[] = [];
      for (let i = 0; i < 25; i += 1) {
        const step = next();
        try {
          const written = await step.write();
          undo.push(() => step.back(written));
          states.push(await lab.admin.definitions(vhost));
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^(conflict|not_found)$/) });
        }
      }
      for (const back of undo.toReversed()) {
        expect(await lab.admin.definitions(vhost)).toEqual(states.pop());
        await back();
      }
      expect(await lab.admin.definitions(vhost)).toEqual(states.pop());
      expect(undo.length).toBeGreaterThan(3);
    },
  );
});
