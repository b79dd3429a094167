import type { Graph } from '../topology/graph.ts';
import { decideAccess } from './access.ts';
import { isOfReach, targetsOf } from './catalog.ts';
import type { Explanation, ServiceDefinition } from './define.ts';
import { ToolError } from './errors.ts';
import type { FlagStore } from './flags.ts';
import { reachOf, STACK_PRINCIPAL } from './reach.ts';
import type { ServiceSource } from './service-source.ts';

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
  const targets = targetsOf({ component }, component.subs);
  return tools.flatMap((tool) =>
    targets
      .filter((at) => service && isOfReach(tool, { component, service }, at))
      .map((at) => {
        const decision = linked
          ? decideAccess(linked, at.target.sub, tool.access, flags)
          : { allowed: false, reasons: [whyUnlinked(graph, component.name, question.principal)] };
        return { tool: tool.name, target: at.target.name, access: tool.access, ...decision };
      }),
  );
}

/** As many targets as a refusal names before it only counts them. */
const NAMED = 3;
/** As many components are looked at; each costs a walk over the links, and a refusal must stay cheap. */
const LOOKED_AT = 10;

/**
 * Says in a sentence why a principal does not have a tool, on any target or the one named: no service has it, nothing
 * of its type is drawn, no link reaches one, or a cap, a protection or a flag keeps it away.
 */
export function explainAbsence(
  graph: Graph,
  { loaded: services, ownersOf }: Pick<ServiceSource, 'loaded' | 'ownersOf'>,
  flags: FlagStore,
  question: { tool: string; target?: string; principal: string },
): string {
  const { tool, target, principal } = question;
  const types = ownersOf(tool);
  if (types.length === 0) return 'no service has a tool of that name';
  const drawn = [...graph.components.values()].filter((one) => types.includes(one.type));
  if (drawn.length === 0)
    return `it is an operation of ${types.join(' and ')}, and the topology draws no such component`;
  const absent = drawn
    .filter((one) => target === undefined || target === one.name || target.startsWith(`${one.name}/`))
    .slice(0, LOOKED_AT)
    .flatMap(({ name }) => explainAccess(graph, services, flags, { component: name, tool, principal }))
    .filter((one) => !one.allowed && (target === undefined || target === one.target));
  if (absent.length === 0)
    return target === undefined ? 'its list changed' : `the topology has no such target of ${tool}`;
  const said = absent.slice(0, NAMED).map((one) => `${one.target}: ${one.reasons.at(-1)}`);
  const more =
    absent.length > NAMED ? [`and ${absent.length - NAMED} more, which stack_explain_access tells`] : [];
  return [...said, ...more].join('; ');
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
