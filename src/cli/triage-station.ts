import { join } from 'node:path';
import { SERVICES_BY_TYPE } from '../services/by-type.ts';
import { ToolError } from '../toolset/errors.ts';
import { servicesByType } from '../toolset/service-source.ts';
import type { Graph } from '../topology/graph.ts';
import { readTopology } from '../topology/load.ts';
import { TopologyError } from '../topology/topology-error.ts';
import { AlertError } from '../triage/alert.ts';
import { connectTools } from '../triage/client/mcp-tools.ts';
import { recordThere } from '../triage/client/record-there.ts';
import type { TriageDesk } from '../triage/desk.ts';
import type { RunEvent } from '../triage/events.ts';
import { openTriage, openTriageOn, triagePrincipal } from '../triage/open-triage.ts';
import { openAgentModels } from './agent-models.ts';
import { topologyOf, UsageError, type World } from './command.ts';
import { dataDirOf, openStackward } from './open.ts';
import { ownTools } from './serve-triage.ts';
import type { TriageOptions } from './triage.ts';
import { mustBe, transportTo } from './triage-server.ts';

/** Where the command line's triage works: on the stack of this process, or as a client of another. */
export interface Station {
  graph(): Graph;
  readonly desk: TriageDesk;
  close(): Promise<void>;
}

type Tell = (event: RunEvent) => void;

export const openStation = (options: TriageOptions, world: World, tell: Tell): Promise<Station> =>
  options.url === undefined && options.stdio !== true
    ? openHere(options, world, tell)
    : openThere(options, world, tell);

const agentOf = (graph: Graph, options: TriageOptions, world: World): string =>
  asUsage(() => triagePrincipal(graph, options.as ?? world.env.STACKWARD_AGENT));

/** A stack of this process's own, with a client to it. */
async function openHere(options: TriageOptions, world: World, tell: Tell): Promise<Station> {
  const stackward = await openStackward(options, world);
  try {
    const { graph } = stackward.catalogs;
    const tools = await ownTools(stackward, agentOf(graph(), options, world));
    return {
      graph,
      desk: openTriage(stackward, { tools, tell }),
      async close() {
        await tools.close();
        await stackward.close();
      },
    };
  } catch (error) {
    await stackward.close();
    throw error;
  }
}

/**
 * A client of another process, which alone reaches the stack. The topology here says what is linked, how it is measured
 * and which models are asked; what may be done is the server's to say, by its own.
 */
async function openThere(options: TriageOptions, world: World, tell: Tell): Promise<Station> {
  const services = servicesByType(SERVICES_BY_TYPE);
  const loaded = await readTopology(topologyOf(options, world), services.types);
  if (loaded.problems) throw new TopologyError(loaded.problems);
  const graph = () => loaded.graph;
  const principal = agentOf(loaded.graph, options, world);
  const tools = await connectTools(await transportTo(options, principal, world), { principal, graph }).catch(
    (error: unknown) => {
      throw error instanceof ToolError
        ? new UsageError(`${options.url ?? '--stdio'}: ${error.detail}`)
        : error;
    },
  );
  const models = openAgentModels(loaded.graph, services, world);
  const close = async () => {
    await tools.close();
    await models.close();
  };
  try {
    await mustBe(tools, principal);
    const dir = join(dataDirOf(options, world), 'triage');
    const desk = openTriageOn({
      dir,
      tools,
      graph,
      record: recordThere(tools),
      openModel: models.open,
      tell,
    });
    return { graph, desk, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What is wrong with what was asked for is the user's to mend. */
export function asUsage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof AlertError) throw new UsageError(error.message);
    if (error instanceof ToolError) throw new UsageError(error.detail);
    throw error;
  }
}
