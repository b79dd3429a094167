import type { ModelClient } from '../../toolset/model-client.ts';
import type { Graph } from '../../topology/graph.ts';
import type { Minds } from '../run/deps.ts';
import { modelDiagnoser, modelJudge } from './model.ts';
import { rules } from './rules.ts';

/** The minds of a principal: the models that it is linked to, by their routes, and the rules. The first link that serves a route wins. */
export async function mindsOf(
  graph: Graph,
  principal: string,
  openModel: (component: string) => Promise<ModelClient>,
): Promise<Minds> {
  const names = graph.links
    .filter(({ from, crossesStack }) => from === principal && !crossesStack)
    .map(({ to }) => to)
    .filter((name) => graph.components.get(name)?.type === 'model');
  const clients = await Promise.all(names.map(openModel));
  const serving = (route: ModelClient['routes'][number]) =>
    clients.find(({ routes }) => routes.includes(route));
  const models = (['prod-triage', 'prod-triage-strong'] as const).flatMap((route) => {
    const client = serving(route);
    return client ? [modelDiagnoser(client, route)] : [];
  });
  const judge = serving('prod-judge');
  return { models, rules, ...(judge ? { judge: modelJudge(judge) } : {}) };
}
