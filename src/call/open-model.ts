import { ToolError } from '../toolset/errors.ts';
import type { ModelClient } from '../toolset/model-client.ts';
import type { ServiceSource } from '../toolset/service-source.ts';
import type { Graph } from '../topology/graph.ts';
import type { Clients } from './clients.ts';

/** The shared client of a model component. Models have no tools, so nothing but the triage asks them. */
export async function openModel(
  name: string,
  { graph, clients, services }: { graph: Graph; clients: Clients; services: ServiceSource },
): Promise<ModelClient> {
  const component = graph.components.get(name);
  const service = component?.type === 'model' ? services.loaded.get('model') : undefined;
  if (!component || !service || component.isExternal)
    throw new ToolError('not_found', `the topology has no model '${name}' of its own`);
  const client = await clients.reader(service, {
    component,
    entry: {},
    target: { name, component: name, scope: {}, reach: new Map() },
  });
  if (!isModelClient(client)) throw new ToolError('internal', 'the model’s connector opened something else');
  return client;
}

const isModelClient = (client: object): client is ModelClient => 'ask' in client && 'routes' in client;
