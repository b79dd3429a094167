import { randomBytes } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { openClients } from '../call/clients.ts';
import { openModel } from '../call/open-model.ts';
import { createMask } from '../secrets/mask.ts';
import { resolveConnection } from '../secrets/resolve.ts';
import { openSources } from '../secrets/sources.ts';
import type { ModelClient } from '../toolset/model-client.ts';
import type { ServiceSource } from '../toolset/service-source.ts';
import type { Graph } from '../topology/graph.ts';
import { type World, writeLine } from './command.ts';

/** The models of an agent that works in a process of its own: it asks them itself, with the keys of its own environment. */
export interface AgentModels {
  open(component: string): Promise<ModelClient>;
  close(): Promise<void>;
}

export function openAgentModels(graph: Graph, services: ServiceSource, world: World): AgentModels {
  const { env } = world;
  const warn = (message: string) => writeLine(world.stderr, `warn: ${message}`);
  const mask = createMask(randomBytes(32), { warn });
  const sources = openSources({ env, cwd: dirname(resolve(graph.file)), warn });
  const clients = openClients({
    resolve: (connection, owner) => resolveConnection(connection, { sources, env, mask, owner }),
    warn: (component, message) => warn(`${component}: ${mask.text(message)}`),
  });
  return {
    open: (name) => openModel(name, { graph, clients, services }),
    close: () => clients.close(),
  };
}
