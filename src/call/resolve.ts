import type { CatalogTool } from '../toolset/catalog.ts';
import { ToolError } from '../toolset/errors.ts';
import type { Authenticated, Resolved } from './stages.ts';

const SHOWN = 20;

/** Says why the calling principal does not have a tool, on any target or the one named. */
export type WhyAbsent = (call: Authenticated, target?: string) => string;

/** Finds the tool and the target in the principal's catalog. What is not listed is refused here: clients keep stale lists. */
export function resolve(call: Authenticated, whyAbsent: WhyAbsent): Resolved {
  const entry = call.catalog.tools.get(call.toolName) ?? pauserOf(call);
  if (!entry) {
    throw new ToolError(
      'unknown_tool',
      `'${shortened(call.toolName)}' is not in the catalog of ${call.catalog.principal}: ${whyAbsent(call)}`,
    );
  }
  return { ...call, entry, at: findTarget(entry, call, whyAbsent) };
}

/** What holds a reconciler still is there for a rollback alone, which may also take it back. */
const pauserOf = ({ catalog, toolName, isPause, undo }: Authenticated) =>
  isPause || undo ? catalog.pausers.get(toolName) : undefined;

/** As much of a caller's word as an answer repeats. */
const shortened = (text: string) => (text.length > 100 ? `${text.slice(0, 100)} ...` : text);

function findTarget(entry: CatalogTool, call: Authenticated, whyAbsent: WhyAbsent) {
  const named = call.args.target;
  const only = entry.targets.values().next().value;
  if (entry.tool.reach === 'stack' && only) return only;
  if (named === undefined && entry.targets.size === 1 && only) return only;
  const names = [...entry.targets.keys()];
  const choices = `${names.slice(0, SHOWN).join(', ')}${names.length > SHOWN ? `, and ${names.length - SHOWN} more` : ''}`;
  if (named === undefined) throw new ToolError('target_required', `name a target: ${choices}`);
  const at = typeof named === 'string' ? entry.targets.get(named) : undefined;
  if (at) return at;
  const said = shortened(JSON.stringify(named));
  const why = typeof named === 'string' ? whyAbsent(call, named) : 'a target is a text';
  throw new ToolError(
    'not_linked',
    `${call.toolName} does not reach ${said} (${why}); it reaches: ${choices}`,
  );
}
