import { MODEL_ROUTES, type ModelClient } from '../../toolset/model-client.ts';
import type { Graph } from '../../topology/graph.ts';
import type { Minds } from '../run/deps.ts';
import { modelDiagnoser, modelJudge } from './model.ts';
import { rules } from './rules.ts';

/**
 * The minds of a principal as the topology draws them now: the models that it is linked to, by their routes, and the
 * rules. The first link that serves a route wins. A model is opened when it is asked; one that cannot be opened is one
 * that did not answer.
 */
export function mindsOf(
  graph: Graph,
  principal: string,
  openModel: (component: string) => Promise<ModelClient>,
): Minds {
  const linked = graph.links
    .filter(({ from, crossesStack }) => from === principal && !crossesStack)
    .flatMap(({ to }) => graph.components.get(to) ?? [])
    .filter(({ type }) => type === 'model');
  const clients = linked.map(({ name, connection: { routes } }): ModelClient => {
    const served = MODEL_ROUTES.filter((route) => isNamed(routes) && routes[route] !== undefined);
    return { routes: served, ask: async (question) => (await openModel(name)).ask(question) };
  });
  const serving = (route: ModelClient['routes'][number]) =>
    clients.find(({ routes }) => routes.includes(route));
  const models = (['prod-triage', 'prod-triage-strong'] as const).flatMap((route) => {
    const client = serving(route);
    return client ? [modelDiagnoser(client, route)] : [];
  });
  const judge = serving('prod-judge');
  return { models, rules, ...(judge ? { judge: modelJudge(judge) } : {}) };
}

const isNamed = (routes: unknown): routes is Readonly<Record<string, unknown>> =>
  typeof routes === 'object' && routes !== null;
