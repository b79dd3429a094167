import { afterEach, expect, test, vi } from 'vitest';
import { openClients } from '../../src/call/clients.ts';
import type { CatalogTarget } from '../../src/toolset/catalog.ts';
import { ToolError } from '../../src/toolset/errors.ts';
import { type Lab, openLab, TOPOLOGY } from './lab.ts';

const labs: Lab[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(labs.splice(0).map((one) => one.close()));
});

/** Clients alone, with the true services and targets of the lab. */
async function open() {
  const lab = await openLab();
  labs.push(lab);
  const hosts: unknown[] = [];
  const warnings: string[] = [];
  const clients = openClients({
    resolve: async (connection) => {
      hosts.push(connection.host);
      return connection;
    },
    warn: (component, message) => warnings.push(`${component}: ${message}`),
  });
  const service = lab.services.get('probe');
  const targetIn = (name: string): CatalogTarget => {
    const target = lab.catalogs.of('stack').tools.get('probe_read')?.targets.get(name);
    if (!target) throw new Error(`no target ${name}`);
    return target;
  };
  if (!service) throw new Error('no probe');
  const count = (event: string) => lab.probe.trace.filter((one) => one === event).length;
  return { lab, clients, service, targetIn, hosts, warnings, count };
}

const moved = TOPOLOGY.replace('host: db.test', 'host: elsewhere.test');

test('a hundred calls at once share one opening; each target has its own', async () => {
  const { clients, service, targetIn, count } = await open();
  await Promise.all(Array.from({ length: 100 }, () => clients.reader(service, targetIn('store/a'))));
  expect(count('reader opens')).toBe(1);
  await clients.reader(service, targetIn('store/b'));
  expect(count('reader opens')).toBe(2);
});

test('a failed opening fails everybody who waited for it, and is not kept', async () => {
  const { lab, clients, service, targetIn, count } = await open();
  lab.probe.does.openReader = () => Promise.reject(new ToolError('unreachable', 'gone'));
  const tries = await Promise.allSettled(
    Array.from({ length: 5 }, () => clients.reader(service, targetIn('store/a'))),
  );
  expect(tries.every(({ status }) => status === 'rejected')).toBe(true);
  lab.probe.does.openReader = async () => {};
  await clients.reader(service, targetIn('store/a'));
  expect(count('reader opens')).toBe(2);
});

test('a dropped reader is opened anew, and the old one closes only after its calls had time to end', async () => {
  const { clients, service, targetIn, count } = await open();
  vi.useFakeTimers();
  await clients.reader(service, targetIn('store/a'));
  clients.drop(targetIn('store/a'));
  await clients.reader(service, targetIn('store/a'));
  expect(count('reader opens')).toBe(2);
  expect(count('reader closes')).toBe(0);
  await vi.advanceTimersByTimeAsync(61_000);
  expect(count('reader closes')).toBe(1);
});

test('an edit lets go of what it changed and keeps what it did not', async () => {
  const { lab, clients, service, targetIn, count } = await open();
  await clients.reader(service, targetIn('store/a'));
  clients.keepOnly(await lab.graphOf(`${TOPOLOGY}# a comment\n`));
  await clients.reader(service, targetIn('store/a'));
  expect(count('reader opens')).toBe(1);
  const graph = await lab.graphOf(moved);
  lab.catalogs.swap(graph);
  clients.keepOnly(graph);
  await clients.reader(service, targetIn('store/a'));
  expect(count('reader opens')).toBe(2);
});

test('a call that began before an edit never lends its old client to a call that began after', async () => {
  const { lab, clients, service, targetIn, hosts } = await open();
  const old = targetIn('store/a');
  const graph = await lab.graphOf(moved);
  lab.catalogs.swap(graph);
  clients.keepOnly(graph);
  await clients.reader(service, old);
  await clients.reader(service, targetIn('store/a'));
  expect(hosts).toMatchObject([{ given: { literal: 'db.test' } }, { given: { literal: 'elsewhere.test' } }]);
});

test('closing closes what is open, what is opening and what was let go, and opens nothing more', async () => {
  const { lab, clients, service, targetIn, count } = await open();
  await clients.reader(service, targetIn('store/a'));
  clients.drop(targetIn('store/a'));
  await clients.reader(service, targetIn('store/a'));
  let finish = () => {};
  lab.probe.does.openReader = () =>
    new Promise((resolve) => {
      finish = resolve;
    });
  const opening = clients.reader(service, targetIn('store/b'));
  await vi.waitFor(() => expect(count('reader opens')).toBe(3), { timeout: 15_000 });
  const closed = clients.close();
  finish();
  await Promise.all([opening, closed]);
  expect(count('reader closes')).toBe(3);
  await expect(clients.reader(service, targetIn('store/a'))).rejects.toThrow(/closing/);
});

test('a reader that cannot be closed in order is reported and brings nothing down', async () => {
  const { lab, clients, service, targetIn, warnings } = await open();
  const crashes: unknown[] = [];
  const onCrash = (error: unknown) => crashes.push(error);
  process.on('unhandledRejection', onCrash);
  vi.useFakeTimers();
  lab.probe.does.close = () => Promise.reject(new Error('already gone'));
  await clients.reader(service, targetIn('store/a'));
  clients.drop(targetIn('store/a'));
  await vi.advanceTimersByTimeAsync(61_000);
  vi.useRealTimers();
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off('unhandledRejection', onCrash);
  expect(warnings).toEqual(['store: a connection could not be closed in order']);
  expect(crashes).toEqual([]);
});

test('a refused login lets go of the client, so that a rotated credential is read anew', async () => {
  const { lab, count } = await open();
  const read = () => lab.call('probe_read', { target: 'store/a' });
  await read();
  lab.probe.does.read = () => Promise.reject(new ToolError('login_failed', 'rotated'));
  await read();
  lab.probe.does.read = async () => ({});
  expect(await read()).toMatchObject({ outcome: 'ok' });
  expect(count('reader opens')).toBe(2);
});
