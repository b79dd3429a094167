import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createReader, createWriter } from '../../src/services/rabbitmq/client.ts';
import { tools } from '../../src/services/rabbitmq/tools/index.ts';
import { queue } from '../../src/services/rabbitmq/tools/queue.ts';
import { queues } from '../../src/services/rabbitmq/tools/queues.ts';
import { ensureProgram } from '../harness/install.ts';
import { ATTEMPTS, type Attempt } from '../services/rabbitmq/attempts.ts';
import { type Lab, openLab, type Rabbit } from '../services/rabbitmq/lab.ts';

describe.skipIf(!ensureProgram('rabbitmq-server'))('another virtual host', () => {
  let lab: Lab;
  let rabbit: Rabbit;
  beforeAll(async () => {
    lab = (await openLab()) as Lab;
    await lab.admin.vhost('mine');
    await lab.admin.vhost('theirs');
    for (const vhost of ['mine', 'theirs']) {
      await lab.admin.run('PUT', `queues/${vhost}/q`, { durable: true });
      await lab.admin.run('PUT', `exchanges/${vhost}/e`, { type: 'topic', durable: true });
      await lab.admin.run('POST', `bindings/${vhost}/e/e/q/q`, { routing_key: 'k' });
    }
    await lab.admin.put('theirs', 'q', 'private');
    rabbit = lab.open({ mine: {} });
  });
  beforeEach(() => lab.tap.forget());
  afterAll(() => lab.close());

  // What a caller could hope that some layer decodes, normalises or cuts on the way to the broker.
  const NAMES = [
    '../theirs/q',
    '..%2Ftheirs%2Fq',
    '%2e%2e/theirs/q',
    'q/../../theirs/q',
    'q/../../../queues/theirs/q',
    '../../theirs/q/contents',
    '../../definitions',
    '../../users/admin',
    '..\\theirs\\q',
    'q?vhost=theirs',
    'q#/../theirs',
    'q;theirs',
    'q%00',
    '／theirs／q',
    'q//theirs',
  ];

  test.each(NAMES)('%j as a name reaches nothing outside its own segment', async (name) => {
    const theirs = await lab.admin.definitions('theirs');
    await Promise.allSettled(ATTEMPTS(name).map((attempt: Attempt) => attempt(rabbit, 'mine')));
    const requests = lab.requests();
    expect(requests.length).toBeGreaterThan(0);
    for (const line of requests)
      expect(line).toMatch(
        /^[A-Z]+ \/api\/(?:queues|exchanges|bindings|policies|operator-policies|consumers|vhosts)\/mine(?:[/?]|$)/,
      );
    for (const line of requests) expect(line).not.toMatch(/\/\.\.?(?:[/?]|$)/);
    expect(await lab.admin.definitions('theirs')).toEqual(theirs);
    expect((await lab.admin.run('GET', 'vhosts')) as unknown[]).toHaveLength(3);
    expect(await lab.admin.run('GET', 'users')).toMatchObject([{ name: 'admin' }]);
  });

  test.each(['.', '..', '...', '', 'a\0b', 'a\nb', 'a\r\nHost: x', '\ud800', 'x'.repeat(256)])(
    '%j is no name, and not a byte leaves for it',
    async (name) => {
      for (const attempt of ATTEMPTS(name)) await expect(attempt(rabbit, 'mine')).rejects.toThrow();
      expect(lab.requests()).toEqual([]);
    },
  );

  test('no tool takes a virtual host, a path or a URL as an argument', () => {
    for (const { name, params } of tools)
      for (const field of Object.keys(params.shape))
        expect(`${name} ${field}`).not.toMatch(/ (vhost|path|url|host|method)$/);
  });

  test('a client refuses a path out of its virtual host, whoever asks', async () => {
    const options = {
      url: `http://127.0.0.1:${lab.tap.port}`,
      user: 'me',
      authorization: 'Basic x',
      vhost: 'mine',
    };
    const { signal } = new AbortController();
    const any = z.unknown();
    for (const path of [
      ['queues', 'theirs', 'q'],
      ['queues'],
      ['definitions', 'mine'],
      ['parameters', 'mine'],
      ['users', 'mine'],
      ['vhosts', 'mine'],
      ['vhosts', 'theirs', 'connections'],
      ['overview'],
      ['permissions', 'theirs', 'me'],
      ['permissions', 'mine', 'another'],
      ['permissions', 'mine'],
      ['whoami', 'mine'],
    ] as const) {
      await expect(createReader(options).get({ path, shape: any }, signal)).rejects.toThrow(/does not reach/);
      await expect(createWriter(options).change({ method: 'DELETE', path }, signal)).rejects.toThrow(
        /does not reach/,
      );
    }
    // Its own rights may be looked at, and never given.
    for (const path of [['permissions', 'mine', 'me'], ['whoami']] as const)
      await expect(createWriter(options).change({ method: 'PUT', path }, signal)).rejects.toThrow(
        /does not reach/,
      );
    const { vhost: _, ...whole } = options;
    for (const path of [['queues', 'mine'], ['nodes', 'x'], ['definitions'], ['users'], ['whoami']] as const)
      await expect(createReader(whole).get({ path, shape: any }, signal)).rejects.toThrow(/does not reach/);
    expect(lab.requests()).toEqual([]);
  });

  test('a target that names no virtual host reaches none', async () => {
    await expect(rabbit.read(queues, undefined, {})).rejects.toMatchObject({ code: 'target_required' });
    await expect(rabbit.read(queue, undefined, { queue: 'q' })).rejects.toMatchObject({
      code: 'target_required',
    });
    expect(lab.requests()).toEqual([]);
  });
});
