import type { Graph } from '../topology/graph.ts';
import { decideAccess } from './access.ts';
import { isOfReach, targetsOf } from './catalog.ts';
import type { Explanation, ServiceDefinition } from './define.ts';
import { ToolError } from './errors.ts';
import type { FlagStore } from './flags.ts';
import { type Reach, reachOf, STACK_PRINCIPAL } from './reach.ts';

/**
 * Says for each operation of a component, or the one named, whether a principal has it and why.
 * Throws ToolError('not_found') for a component or operation that does not exist.
 */
export function explainAccess(
  graph: Graph,
  services: ReadonlyMap<string, ServiceDefinition>,
  flags: FlagStore,
  question: { component: string; tool?: string; principal: string },
): readonly Explanation[] {
  const component = graph.components.get(question.component);
  if (!component) throw new ToolError('not_found', `the topology names no component '${question.component}'`);
  const service = services.get(component.type);
  const tools = (service?.tools ?? []).filter(
    (tool) => tool.reach !== 'stack' && (!question.tool || tool.name === question.tool),
  );
  if (question.tool && tools.length === 0) {
    const known = (service?.tools ?? []).map((tool) => tool.name).join(', ') || 'none';
    throw new ToolError(
      'not_found',
      `'${question.tool}' is no operation of ${component.type}; it has: ${known}`,
    );
  }
  const linked = reachOf(graph, services, question.principal).get(component.name);
  // Unlinked sub-components are explained too: 'why is billing not there' is the usual question.
  const whole: Reach | undefined = service && {
    component,
    service,
    subs: component.subs,
    links: linked?.links ?? [],
  };
  if (!whole) return [];
  return tools.flatMap((tool) =>
    targetsOf(whole)
      .filter((at) => isOfReach(tool, whole, at))
      .map((at) => {
        const decision =
          whole.links.length > 0
            ? decideAccess(whole, at.target.sub, tool.access, flags)
            : { allowed: false, reasons: [whyUnlinked(graph, component.name, question.principal)] };
        return { tool: tool.name, target: at.target.name, access: tool.access, ...decision };
      }),
  );
}

function whyUnlinked(graph: Graph, component: string, principal: string): string {
  const target = graph.components.get(component);
  if (target?.isExternal)
    return `${component} is external (stack ${target.stack ?? 'unknown'}): its own stack's server serves it`;
  const into = graph.links
    .filter((link) => link.to === component)
    .map((link) => `${link.from} (${link.type})`);
  const who = principal === STACK_PRINCIPAL ? 'no link' : `no link from ${principal}`;
  return `${who} reaches ${component}; links into it: ${into.join(', ') || 'none'}`;
}
