import { join } from 'node:path';
import type { Stackward } from '../stackward.ts';
import { ToolError } from '../toolset/errors.ts';
import type { ModelClient } from '../toolset/model-client.ts';
import type { Graph } from '../topology/graph.ts';
import type { InfraBackend } from './backend.ts';
import { openDesk, type TriageDesk } from './desk.ts';
import type { RunEvent } from './events.ts';
import { openK8sBackend } from './k8s/k8s-backend.ts';
import { recordHere } from './k8s/record-here.ts';
import { mindsOf } from './minds/minds-of.ts';
import { notifyThrough } from './notifier.ts';
import { redactor } from './redactor.ts';
import { LIMITS, type TriageLimits } from './run/deps.ts';
import type { Tools } from './tools.ts';

/**
 * The agent that a triage acts as: the one that is named, or the only one that says `requires: diagnosis`. An agent
 * that does not say so is refused, for its writes would pass without a diagnosis.
 */
export function triagePrincipal(graph: Graph, named: string | undefined): string {
  const held = [...graph.components.values()]
    .filter(({ type, connection }) => type === 'agent' && connection.requires === 'diagnosis')
    .map(({ name }) => name);
  const chosen = named ?? (held.length === 1 ? held[0] : undefined);
  if (chosen !== undefined && held.includes(chosen)) return chosen;
  throw new ToolError(
    'unauthenticated',
    held.length === 0
      ? 'no agent of the topology says requires: diagnosis, which a triage acts as'
      : `a triage acts as an agent that says requires: diagnosis: ${held.join(', ')}`,
  );
}

/** What a triage of an agent needs besides its tools, whether the server is this process or another. */
export interface TriageGround {
  readonly dir: string;
  readonly tools: Tools;
  /** The topology in force. */
  graph(): Graph;
  readonly record: InfraBackend['record'];
  openModel(component: string): Promise<ModelClient>;
  tell?(event: RunEvent): void;
  readonly limits?: Partial<TriageLimits>;
}

/** The triages of one agent. Models are looked up at each run: the topology may have been edited since the last. */
export function openTriageOn(ground: TriageGround): TriageDesk {
  const { tools, graph, record, openModel, tell } = ground;
  const backend = openK8sBackend({ tools, graph, record });
  const notifier = notifyThrough(tools);
  return openDesk(ground.dir, () => ({
    backend,
    minds: mindsOf(graph(), tools.principal, openModel),
    redactor,
    notifier,
    limits: { ...LIMITS, ...ground.limits },
    ...(tell ? { tell } : {}),
  }));
}

/** The triages of the stack of this process, under the principal of the tools. */
export const openTriage = (
  { dataDir, catalogs: { graph }, diagnoses, openModel }: Stackward,
  options: Pick<TriageGround, 'tools' | 'tell' | 'limits'>,
): TriageDesk =>
  openTriageOn({
    dir: join(dataDir, 'triage'),
    graph,
    record: recordHere({ principal: options.tools.principal, diagnoses, graph }),
    openModel,
    ...options,
  });
