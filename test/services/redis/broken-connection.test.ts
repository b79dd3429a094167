import { type AddressInfo, connect, createServer } from 'node:net';
import { describe, expect, inject, test } from 'vitest';
import { connector } from '../../../src/services/redis/connect.ts';
import { keyIn } from '../../../src/services/redis/scoped-key.ts';
import { get } from '../../../src/services/redis/tools/get.ts';
import { set } from '../../../src/services/redis/tools/set.ts';
import { tapWire } from '../../harness/wiretap.ts';
import { freshPrefix, openAdmin, openRedis } from './fixture.ts';

const server = inject('redis');

/** Relays to a server, and cuts the connection in place of EXEC (`held`), or in place of its answer (`sent`). */
async function relayThatCuts(port: number, how: 'sent' | 'held') {
  const relay = createServer((inbound) => {
    const outbound = connect(port, '127.0.0.1');
    let isMute = false;
    const cut = () => {
      inbound.destroy();
      outbound.destroy();
    };
    for (const socket of [inbound, outbound]) socket.on('error', cut).on('close', cut);
    inbound.on('data', (chunk) => {
      isMute ||= chunk.includes('EXEC');
      if (isMute && how === 'held') cut();
      else outbound.write(chunk);
    });
    outbound.on('data', (chunk) => {
      // A list of one is the answer to an EXEC of one command: the server has carried it out.
      if (isMute && chunk.includes('*1\r\n')) cut();
      else if (!isMute) inbound.write(chunk);
    });
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  return { port: (relay.address() as AddressInfo).port, close: () => relay.close() };
}

describe.skipIf(!server)('a Redis connection that breaks', () => {
  const access = server ?? { port: 0, password: '' };
  const p = freshPrefix('broken');

  test.each([
    ['before the server got it', 'held', 0],
    ['before the server’s answer', 'sent', 1],
  ] as const)('while EXEC runs, %s, leaves the outcome unknown', async (_what, how, exists) => {
    const relay = await relayThatCuts(access.port, how);
    const admin = await openAdmin(access);
    const redis = await openRedis({ ...access, port: relay.port }, { mine: { match: p } });
    const key = `${p}${how}`;
    await expect(redis.write(set, 'mine', { key, value: 'x' })).rejects.toMatchObject({
      code: 'outcome_unknown',
    });
    expect(await admin.run('EXISTS', key)).toBe(exists);
    relay.close();
    admin.close();
  });

  test('between capture and write is a refusal, and nothing is written', async () => {
    const admin = await openAdmin(access);
    const tap = await tapWire(access.port);
    const redis = await openRedis({ ...access, port: tap.port }, { mine: { match: p } });
    const between = () => tap.close();
    // The time to live makes the tool ask for the server's clock first, so nothing was sent to EXEC.
    const args = { key: `${p}gone`, value: 'x', ttl_seconds: 60 };
    await expect(redis.write(set, 'mine', args, { between })).rejects.toMatchObject({ code: 'unreachable' });
    expect(await admin.run('EXISTS', `${p}gone`)).toBe(0);
    admin.close();
  });

  test('lets the next read open another, once for many callers', async () => {
    const admin = await openAdmin(access);
    await admin.run('SET', `${p}again`, 'x');
    const tap = await tapWire(access.port);
    const redis = await openRedis({ ...access, port: tap.port }, { mine: { match: p } });
    const { client, close } = await connector.openReader(redis.endpoint('mine'));
    const key = keyIn(redis.target('mine'), `${p}again`);
    const clients = String(await admin.run('CLIENT', 'LIST')).split('\n');
    // The reader's own line: it has sent nothing but its login yet.
    const id = /^id=(\d+)/.exec(clients.filter((line) => line.length > 0).at(-1) ?? '')?.[1] ?? '';
    await admin.run('CLIENT', 'KILL', 'ID', id);
    tap.forget();
    const answers = await Promise.allSettled(Array.from({ length: 20 }, () => client.type(key)));
    const later = await Promise.all(Array.from({ length: 20 }, () => client.type(key)));
    expect(later).toEqual(Array(20).fill('string'));
    for (const answer of answers)
      expect(answer.status === 'fulfilled' || answer.reason.code === 'unreachable').toBe(true);
    expect(tap.sent().toString('latin1').split('AUTH').length - 1).toBe(1);
    await close();
    await tap.close();
    admin.close();
  });

  test('a server that is not there is unreachable', async () => {
    const tap = await tapWire(access.port);
    const { port } = tap;
    await tap.close();
    const redis = await openRedis({ ...access, port }, { mine: { match: p } });
    await expect(redis.read(get, 'mine', { key: `${p}a` })).rejects.toMatchObject({ code: 'unreachable' });
    await expect(redis.write(set, 'mine', { key: `${p}a`, value: 'x' })).rejects.toMatchObject({
      code: 'unreachable',
    });
  });

  test('a cancelled read ends although the server does not answer', async () => {
    const silent = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        if (chunk.includes('AUTH')) socket.write('+OK\r\n');
      });
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const redis = await openRedis({ port, password: 'any' }, { mine: { match: p } });
    const abort = new AbortController();
    const reading = redis.read(get, 'mine', { key: `${p}a` }, { signal: abort.signal });
    setImmediate(() => abort.abort());
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
    silent.close();
  });
});
