import type { Stackward } from '../stackward.ts';
import { ToolError } from '../toolset/errors.ts';
import type { Graph } from '../topology/graph.ts';
import { openDesk, type TriageDesk } from './desk.ts';
import type { RunEvent } from './events.ts';
import { openK8sBackend } from './k8s/k8s-backend.ts';
import { mindsOf } from './minds/minds-of.ts';
import { notifyThrough } from './notifier.ts';
import { redactor } from './redactor.ts';
import { LIMITS, type TriageLimits } from './run/deps.ts';
import { toolsOf } from './tools.ts';

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

/** The triages of a stack, under one principal. */
export async function openTriage(
  stackward: Stackward,
  options: {
    readonly principal: string;
    tell?(event: RunEvent): void;
    readonly limits?: Partial<TriageLimits>;
  },
): Promise<TriageDesk> {
  const tools = toolsOf(stackward, options.principal);
  return openDesk(stackward.stores, {
    backend: openK8sBackend({ tools, graph: stackward.catalogs.graph, diagnoses: stackward.diagnoses }),
    minds: await mindsOf(stackward.catalogs.graph(), options.principal, stackward.openModel),
    redactor,
    notifier: notifyThrough(tools),
    limits: { ...LIMITS, ...options.limits },
    ...(options.tell ? { tell: options.tell } : {}),
  });
}
