import type { CatalogTool } from '../toolset/catalog.ts';
import { ToolError } from '../toolset/errors.ts';
import type { Authenticated, Resolved } from './stages.ts';

const SHOWN = 20;

/** Finds the tool and the target in the principal's catalog. What is not listed is refused here: clients keep stale lists. */
export function resolve(call: Authenticated): Resolved {
  const entry = call.catalog.tools.get(call.toolName);
  if (!entry) {
    throw new ToolError(
      'unknown_tool',
      `'${call.toolName}' is not in the catalog of ${call.catalog.principal}; stack_explain_access says why`,
    );
  }
  return { ...call, entry, at: findTarget(entry, call) };
}

function findTarget(entry: CatalogTool, call: Authenticated) {
  const named = call.args.target;
  const only = entry.targets.values().next().value;
  if (entry.tool.reach === 'stack' && only) return only;
  if (named === undefined && entry.targets.size === 1 && only) return only;
  const names = [...entry.targets.keys()];
  const choices = `${names.slice(0, SHOWN).join(', ')}${names.length > SHOWN ? `, and ${names.length - SHOWN} more` : ''}`;
  if (named === undefined) throw new ToolError('target_required', `name a target: ${choices}`);
  const at = typeof named === 'string' ? entry.targets.get(named) : undefined;
  if (!at)
    throw new ToolError(
      'not_linked',
      `${call.toolName} does not reach ${JSON.stringify(named)}; it reaches: ${choices}`,
    );
  return at;
}
