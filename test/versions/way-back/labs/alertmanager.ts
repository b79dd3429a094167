import fc from 'fast-check';
import { type AmServer, program, startAlertmanager } from '../../../services/alertmanager/server.ts';
import { caseOf, defineLab, fresh, type Scene, topologyOf } from '../lab.ts';

const label = fc.stringMatching(/^[a-z]{1,9}$/);
const value = fc.oneof(fc.constantFrom('a"b\\c', 'ü', 'x y', '.*'), fc.stringMatching(/^[a-z0-9]{1,9}$/));
const labels = fc.dictionary(label, value, { minKeys: 1, maxKeys: 4 });

/** Running silences as their content alone: ids are the server's, and a start moves to when it is created. */
async function running(server: AmServer) {
  const all = (await server.running()).map(({ matchers, endsAt, createdBy, comment }) => ({
    matchers: matchers.map((one) => JSON.stringify(one)).sort(),
    ends: Date.parse(endsAt),
    createdBy,
    comment,
  }));
  return all.map((one) => JSON.stringify(one)).sort();
}

function sceneOf(server: AmServer, mark: string, more: Pick<Scene, 'args' | 'interfere' | 'alike'>): Scene {
  return {
    async read() {
      const all = await running(server);
      const isOwn = (text: string) => text.includes(mark);
      return { own: all.filter(isOwn), others: all.filter((text) => !isOwn(text)) };
    },
    beside: () => server.silence([{ name: 'namespace', value: 'shop' }], { comment: fresh('beside') }),
    ...more,
  };
}

const matcherOf = ([name, value]: [string, string]) => ({ name, value, isRegex: false, isEqual: true });

export const alertmanager = defineLab<AmServer>({
  name: 'Alertmanager',
  isThere: program !== undefined,
  start: startAlertmanager,
  stop: (server) => server.stop(),
  stackOver: ({ url }) => ({
    topology: topologyOf(
      'alerts',
      `type: alertmanager, url: '${url}', scopes: {shop: {labels: {namespace: shop}}}`,
      'operates',
    ),
    env: { MCP_ALERTS_WRITE_ACCESS: 'true' },
  }),
  cases: {
    am_create_silence: caseOf(
      fc.record({ labels, minutes: fc.integer({ min: 1, max: 43_200 }) }),
      async (server, { labels: wanted, minutes }) => {
        const mark = fresh('mark');
        const matchers = Object.entries({ ...wanted, mark }).map(([label, value]) => ({ label, value }));
        return sceneOf(server, mark, {
          args: { matchers, duration_minutes: minutes, reason: 'a ü reason' },
          interfere: async () => {
            const [own] = (await server.running()).filter((one) => JSON.stringify(one).includes(mark));
            if (!own) throw new Error('there is no silence of the write');
            await server.silence(own.matchers, { ...own, comment: `${own.comment} and so on` });
          },
          // Another moment, another call.
          alike: (own) => (own as string[]).length,
        });
      },
    ),
    am_expire_silence: caseOf(
      fc.record({
        labels,
        minutes: fc.integer({ min: 10, max: 43_200 }),
        comment: fc.string({ minLength: 1 }),
      }),
      async (server, { labels: wanted, minutes, comment }) => {
        const mark = fresh('mark');
        const all = Object.entries({ ...wanted, namespace: 'shop', mark }).map(matcherOf);
        const endsAt = new Date(Date.now() + minutes * 60_000).toISOString();
        const id = await server.silence(all, { endsAt, comment: `${comment}.` });
        return sceneOf(server, mark, {
          args: { id },
          interfere: { never: 'an ended silence cannot be changed, only followed by another' },
        });
      },
    ),
  },
});
