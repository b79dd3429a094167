import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { ENDPOINTS } from '../../../services/http-service/fixture.ts';
import { caseOf, defineLab, fresh } from '../lab.ts';

interface Order {
  status: string;
  readonly customer: string;
}
interface Shop {
  readonly server: Server;
  readonly orders: Map<string, Order>;
}

/** A small order service, as `ENDPOINTS` declares it. */
async function openShop(): Promise<Shop> {
  const orders = new Map<string, Order>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString() || '{}');
    const id = decodeURIComponent(/^\/orders\/([^/?]+)/.exec(request.url ?? '')?.[1] ?? '');
    const order = orders.get(id);
    if (request.method === 'POST') {
      const made = fresh('made');
      orders.set(made, { status: 'open', customer: body.customer });
      response.writeHead(201).end(JSON.stringify({ order: { id: made } }));
    } else if (!order) response.writeHead(404).end();
    else if (request.method === 'GET') response.end(JSON.stringify({ id, ...order }));
    else {
      if (request.method === 'DELETE') orders.delete(id);
      else order.status = body.status;
      response.writeHead(204).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, orders };
}

/** The orders of one customer, and all others; ids are the service's to choose. */
function readAll({ orders }: Shop, customer: string) {
  const all = [...orders.values()].map((order) => ({ ...order }));
  const isOwn = (order: Order) => order.customer === customer;
  return { own: all.filter(isOwn), others: all.filter((order) => !isOwn(order)) };
}

const sceneOf = (shop: Shop, customer: string) => ({
  read: async () => readAll(shop, customer),
  beside: () => shop.orders.set(fresh('beside'), { status: 'open', customer: 'somebody' }),
});

export const httpService = defineLab<Shop>({
  name: 'an HTTP service',
  start: openShop,
  async stop({ server }) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  },
  stackOver: ({ server }) => ({
    topology: JSON.stringify({
      stack: 'shop',
      components: {
        app: { type: 'application' },
        api: {
          type: 'http-service',
          base_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
          endpoints: ENDPOINTS,
        },
      },
      links: [{ from: 'app', to: 'api', type: 'calls' }],
    }),
    env: { MCP_API_WRITE_ACCESS: 'true' },
  }),
  forGood: {
    http_write_irreversible({ orders }) {
      const id = fresh('order');
      orders.set(id, { status: 'open', customer: 'Ada' });
      return { args: { target: 'api/cancel', params: { id } }, why: ENDPOINTS.cancel.irreversible };
    },
  },
  cases: {
    http_write: caseOf(
      fc.record({ isCreation: fc.boolean(), was: fc.constantFrom('open', 'paid') }),
      async (shop, { isCreation, was }) => {
        const [customer, id] = [fresh('ü customer'), fresh('order')];
        if (!isCreation) shop.orders.set(id, { status: was, customer });
        const ids = () =>
          [...shop.orders].flatMap(([id, order]) => (order.customer === customer ? [id] : []));
        return isCreation
          ? {
              args: { target: 'api/create', params: { customer, paid: false } },
              ...sceneOf(shop, customer),
              interfere: () => {
                for (const one of ids()) shop.orders.delete(one);
              },
              result: 'restored_unverified',
            }
          : {
              args: { target: 'api/set-status', params: { id, status: was === 'open' ? 'paid' : 'open' } },
              ...sceneOf(shop, customer),
              interfere: () => shop.orders.set(id, { status: 'shipped', customer }),
            };
      },
    ),
  },
});
