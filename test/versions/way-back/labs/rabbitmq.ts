import fc from 'fast-check';
import { ensureProgram } from '../../../harness/install.ts';
import { type Broker, startBroker } from '../../../services/rabbitmq/broker.ts';
import { type Admin, adminOf } from '../../../services/rabbitmq/lab.ts';
import { type Case, caseOf, defineLab, fresh, type Scene, topologyOf } from '../lab.ts';

const VHOST = 'shop';

interface Server {
  readonly broker: Broker;
  readonly admin: Admin;
}

const path = encodeURIComponent;
const queueAt = (name: string) => `queues/${VHOST}/${path(name)}`;
const exchangeAt = (name: string) => `exchanges/${VHOST}/${path(name)}`;
const policyAt = (name: string) => `policies/${VHOST}/${path(name)}`;

/** Keys and arguments with everything that a path, a JSON body or the broker's own name for a binding could lose. */
const routingKey = fc.constantFrom('', 'a.b', 'k~ %2F/#', 'é /%2F.#', '*.*');
const table = fc.constantFrom({}, { 'x-match': 'any', s: 'x' }, { 'x-match': 'all', deep: true });
const bindingOf = fc.record({ routing_key: routingKey, arguments: table });
const settings = fc.record(
  {
    type: fc.constantFrom('classic', 'quorum'),
    max_length: fc.integer({ min: 1, max: 10_000 }),
    message_ttl_ms: fc.integer({ min: 0, max: 2_592_000_000 }),
    expires_ms: fc.integer({ min: 1_000_000, max: 2_592_000_000 }),
    overflow: fc.constantFrom('drop-head', 'reject-publish'),
    single_active_consumer: fc.boolean(),
  },
  { requiredKeys: [] },
);
const kind = fc.constantFrom('direct', 'fanout', 'topic', 'headers');

/** A queue with a message in it, or none. */
async function queueWith(admin: Admin, message?: string): Promise<string> {
  const queue = fresh('q');
  await admin.run('PUT', queueAt(queue), { durable: true });
  if (message !== undefined) await admin.put(VHOST, queue, message);
  return queue;
}

interface World {
  readonly admin: Admin;
  /** Names of the scene's own things. */
  readonly own: readonly string[];
}

/** Everything of the virtual host that names a thing of the scene, and everything else. */
async function readAll({ admin, own }: World): Promise<{ own: unknown; others: unknown }> {
  const all = Object.entries(await admin.definitions(VHOST)).flatMap(([what, items]) =>
    items.map((item) => ({ what, item })),
  );
  const isOwn = ({ item }: { item: unknown }) => own.some((name) => JSON.stringify(item).includes(name));
  return { own: all.filter(isOwn), others: all.filter((one) => !isOwn(one)) };
}

function sceneOf(world: World, args: Scene['args'], interfere: Scene['interfere']): Scene {
  return {
    args,
    read: () => readAll(world),
    beside: () => world.admin.run('PUT', queueAt(fresh('beside')), { durable: true }),
    interfere,
  };
}

/** An exchange and a classic queue, some bindings between them, and an exchange to bind to. */
async function bound(
  admin: Admin,
  bindings: readonly { routing_key: string; arguments: object }[],
  type: string,
) {
  const [queue, exchange, source] = [fresh('q ü'), fresh('e'), fresh('source')];
  await admin.run('PUT', queueAt(queue), { durable: true, arguments: { 'x-max-length': 7 } });
  await admin.run('PUT', exchangeAt(exchange), { type, durable: true });
  await admin.run('PUT', exchangeAt(source), { type: 'headers', durable: true });
  const bind = (kind: 'q' | 'e', destination: string, binding: object) =>
    admin.run('POST', `bindings/${VHOST}/e/${path(source)}/${kind}/${path(destination)}`, { ...binding });
  for (const binding of bindings) {
    await bind('q', queue, binding);
    await bind('e', exchange, binding);
  }
  return { queue, exchange, source, bind, world: { admin, own: [queue, exchange, source] } };
}

const several = fc.uniqueArray(bindingOf, { maxLength: 4, selector: (one) => JSON.stringify(one) });

const policy = (isThere: boolean): Case<Server> =>
  caseOf(
    fc.record({
      was: fc.boolean().map((is) => is || isThere),
      priority: fc.integer({ min: 1, max: 9 }),
    }),
    async ({ admin }, { was, priority }) => {
      const [name, queue] = [fresh('policy é'), fresh('governed')];
      await admin.run('PUT', queueAt(queue), { durable: true });
      const old = {
        pattern: `^${queue}$`,
        'apply-to': 'queues',
        definition: { 'queue-mode': 'default' },
        priority: 0,
      };
      if (was) await admin.run('PUT', policyAt(name), old);
      const args = isThere
        ? { policy: name }
        : {
            policy: name,
            apply_to: 'queues',
            match: { names: [queue], prefixes: [] },
            definition: { 'queue-mode': 'lazy' },
            priority,
          };
      const world = { admin, own: [name, queue] };
      return sceneOf(world, args, () =>
        admin.run('PUT', policyAt(name), { ...old, priority: priority + 10 }),
      );
    },
  );

export const rabbitmq = defineLab<Server>({
  name: 'RabbitMQ',
  isThere: ensureProgram('rabbitmq-server') !== undefined,
  async start() {
    const broker = await startBroker();
    if (!broker) throw new Error('there is no RabbitMQ');
    const admin = adminOf(broker);
    await admin.vhost(VHOST);
    return { broker, admin };
  },
  stop: ({ broker }) => broker.stop(),
  stackOver: ({ broker }) => ({
    topology: topologyOf(
      'bus',
      `type: rabbitmq, url: 'http://127.0.0.1:${broker.port}', credentials: {user: {env: U}, password: {env: P}}, vhosts: {${VHOST}: {}}`,
      'operates',
    ),
    env: { U: broker.user, P: broker.password, MCP_BUS_WRITE_ACCESS: 'true' },
  }),
  forGood: {
    rabbitmq_publish: async ({ admin }) => ({ args: { queue: await queueWith(admin), payload: 'one' } }),
    rabbitmq_peek: async ({ admin }) => ({ args: { queue: await queueWith(admin, 'one') } }),
    rabbitmq_drop_queue: async ({ admin }) => ({ args: { queue: await queueWith(admin, 'one') } }),
    rabbitmq_purge_queue: async ({ admin }) => ({ args: { queue: await queueWith(admin, 'one') } }),
  },
  cases: {
    rabbitmq_declare_queue: caseOf(settings, async ({ admin }, given) => {
      const queue = fresh('q ü');
      return sceneOf({ admin, own: [queue] }, { queue, ...given }, async () => {
        const source = fresh('source');
        await admin.run('PUT', exchangeAt(source), { type: 'fanout', durable: true });
        await admin.run('POST', `bindings/${VHOST}/e/${source}/q/${path(queue)}`, {});
      });
    }),
    rabbitmq_delete_queue: caseOf(several, async ({ admin }, bindings) => {
      const { queue, world } = await bound(admin, bindings, 'topic');
      return sceneOf(world, { queue }, () =>
        admin.run('PUT', queueAt(queue), { durable: true, arguments: { 'x-max-length': 8 } }),
      );
    }),
    rabbitmq_declare_exchange: caseOf(
      fc.record({ type: kind, durable: fc.boolean(), internal: fc.boolean() }),
      async ({ admin }, given) => {
        const [exchange, alternate] = [fresh('e ü'), fresh('alternate')];
        await admin.run('PUT', exchangeAt(alternate), { type: 'fanout', durable: true });
        const args = { exchange, alternate_exchange: alternate, ...given };
        return sceneOf({ admin, own: [exchange] }, args, () =>
          admin.run('POST', `bindings/${VHOST}/e/${alternate}/e/${path(exchange)}`, {}),
        );
      },
    ),
    rabbitmq_delete_exchange: caseOf(fc.tuple(several, kind), async ({ admin }, [bindings, type]) => {
      const { exchange, world } = await bound(admin, bindings, type);
      return sceneOf(world, { exchange }, () =>
        admin.run('PUT', exchangeAt(exchange), { type, durable: false }),
      );
    }),
    rabbitmq_bind: caseOf(fc.tuple(several, bindingOf), async ({ admin }, [others, wanted]) => {
      const there = others.filter((one) => JSON.stringify(one) !== JSON.stringify(wanted));
      const { queue, source, world } = await bound(admin, there, 'topic');
      const args = { exchange: source, destination: queue, destination_type: 'queue', ...wanted };
      return sceneOf(world, args, { never: 'a binding is there or not; nobody can change one' });
    }),
    rabbitmq_unbind: caseOf(fc.tuple(several, bindingOf), async ({ admin }, [others, wanted]) => {
      const there = others.filter((one) => JSON.stringify(one) !== JSON.stringify(wanted));
      const { queue, source, world } = await bound(admin, [...there, wanted], 'topic');
      const args = { exchange: source, destination: queue, destination_type: 'queue', ...wanted };
      return sceneOf(world, args, { never: 'a binding is there or not; nobody can change one' });
    }),
    rabbitmq_set_policy: policy(false),
    rabbitmq_delete_policy: policy(true),
  },
});
