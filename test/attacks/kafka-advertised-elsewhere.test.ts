import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { onTopic } from '../services/kafka/attempts.ts';
import { closeLab, type Lab, type LabOptions, openKafka, openLab } from '../services/kafka/fixture.ts';

const LOGIN = { mechanisms: ['PLAIN'], user: 'stackward', password: 'exfiltrate-me' };

/** Stands where an attacker would: takes connections and keeps every byte. */
let trap: Server;
let caught: Buffer[];
let visits: number;
let lab: Lab;
beforeEach(async () => {
  caught = [];
  visits = 0;
  trap = createServer((socket) => {
    visits += 1;
    socket.on('error', () => {}).on('data', (chunk) => void caught.push(chunk));
  });
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  trap.close();
  await closeLab(lab);
});

/** A cluster whose second broker is advertised at the trap: it leads a partition, keeps groups and is the controller. */
async function lure(options: LabOptions = {}) {
  lab = await openLab({ nodes: 2, login: LOGIN, ...options });
  const second = lab.twin.nodes[1];
  if (second) second.port = (trap.address() as AddressInfo).port;
  lab.state.controller = 2;
  for (const { leader } of lab.state.topics.get('orders')?.partitions ?? [])
    expect(leader).toBeGreaterThan(0);
  for (const one of lab.state.topics.get('orders')?.partitions ?? []) one.leader = 2;
  lab.state.commit('orders-mail', 'orders', 0, 0);
  lab.state.group('orders-mail');
}

test.each(onTopic('orders').map(([name], at) => [name, at] as const))(
  '%s sends no password to a host that the topology does not name',
  async (_name, at) => {
    await lure();
    await onTopic('orders')
      [at]?.[1](lab.kafka)
      .catch(() => {});
    expect(visits).toBe(0);
    expect(Buffer.concat(caught).toString()).not.toContain(LOGIN.password);
  },
);

test('the refusal says what to do, and the operator hears which address it was', async () => {
  await lure();
  const [, produce] = onTopic('orders').find(([name]) => name === 'kafka_produce') ?? [];
  await expect(produce?.(lab.kafka)).rejects.toMatchObject({
    code: 'unreachable',
    detail: expect.stringContaining('advertised: any'),
  });
  expect(lab.kafka.warnings.join()).toContain(`127.0.0.1:${(trap.address() as AddressInfo).port}`);
  expect(visits).toBe(0);
});

test.each([
  '127.0.0.1.evil.example',
  '127.0.0.2',
  '2130706433',
  '127.1',
  '0x7f000001',
  '127.0.0.1 ',
  'localhost',
])('the host %j is not taken for a declared one', async (host) => {
  await lure();
  const second = lab.twin.nodes[1];
  if (second) second.host = host;
  await expect(onTopic('orders')[2]?.[1](lab.kafka)).rejects.toMatchObject({ code: 'unreachable' });
  expect(visits).toBe(0);
});

test('only a topology that says so lets credentials go where the cluster points', async () => {
  await lure();
  const kafka = openKafka(lab.twin.brokers, { login: LOGIN, advertised: 'any' });
  const abort = new AbortController();
  const [, read] = onTopic('orders').find(([name]) => name === 'kafka_offsets') ?? [];
  const reading = read?.({
    ...kafka,
    read: (tool, sub, args) => kafka.read(tool, sub, args, { signal: abort.signal }),
  });
  await expect.poll(() => visits).toBe(1);
  abort.abort();
  await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
});
