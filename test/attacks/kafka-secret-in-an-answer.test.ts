import { inspect } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { consume } from '../../src/services/kafka/tools/consume.ts';
import { createTopic } from '../../src/services/kafka/tools/create-topic.ts';
import { listTopics } from '../../src/services/kafka/tools/list-topics.ts';
import { closeLab, type Lab, openLab } from '../services/kafka/fixture.ts';
import { put } from '../services/kafka/producing.ts';

let lab: Lab | undefined;
afterEach(async () => {
  if (lab) await closeLab(lab);
});

test.each(['plain', 'scram-sha-256'] as const)(
  'a refused login with %s shows neither password nor the broker’s words',
  async (mechanism) => {
    const login = {
      mechanisms: ['PLAIN', 'SCRAM-SHA-256'],
      user: 'stackward',
      password: 'the-real-password',
    };
    lab = await openLab({ login, mechanism, password: 'a-wrong-password' });
    const error: unknown = await lab.kafka.read(listTopics, 'it', {}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'login_failed' });
    // The twin puts {hunter2} into its message, as careless brokers and proxies do.
    const shown = error instanceof Error ? `${error.message} ${'detail' in error ? error.detail : ''}` : '';
    expect(shown).not.toMatch(/a-wrong-password|hunter2|stackward/);
    expect(inspect(error, { depth: 10 })).not.toContain('a-wrong-password');
  },
);

test('the broker’s own message of a refused change is not passed on', async () => {
  lab = await openLab();
  const error: unknown = await lab.kafka
    .write(createTopic, 'it', { topic: 'orders', partitions: 1 })
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'conflict' });
  expect(error instanceof Error ? error.message : '').not.toContain('twin refuses');
});

test('headers that carry credentials from service to service are not shown', async () => {
  lab = await openLab();
  const headers = {
    Authorization: 'Bearer abc',
    'X-Api-Key': 'abc',
    session_token: 'abc',
    Cookie: 'abc',
    trace: 'kept',
  };
  put(lab.state, 'orders', 0, [{ value: 'x', headers }]);
  const { messages } = await lab.kafka.read(consume, 'it', { topic: 'orders', partition: 0 });
  expect(messages[0]?.headers.map(({ value }) => value)).toEqual([...Array(4).fill('{secret}'), 'kept']);
});
