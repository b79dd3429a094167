import canonicalize from 'canonicalize';
import type { Catalog } from '../toolset/catalog.ts';
import { ToolError } from '../toolset/errors.ts';
import { authenticate } from './authenticate.ts';
import type { Catalogs } from './catalogs.ts';
import { resolve, type WhyAbsent } from './resolve.ts';
import type { AllowedRead, AllowedTrial, AllowedWrite } from './stages.ts';

/**
 * Holds a call that had to wait to the topology of this moment: what runs already ends on the one it began with,
 * but nothing begins along a link that went meanwhile.
 *
 * A write was granted, and maybe approved, under one topology; under another it is asked for again. Throws ToolError.
 */
export function assertStillLinked(
  call: AllowedRead | AllowedWrite | AllowedTrial,
  deps: { catalogs: Catalogs; whyAbsent: WhyAbsent },
): void {
  assertSure(deps.catalogs);
  assertHoldsUnderBoth(call, deps.catalogs);
  if (deps.catalogs.graph().hash === call.catalog.graph.hash) return;
  if (call.kind !== 'read')
    throw new ToolError(
      'write_refused',
      'the topology changed while the write waited, so nothing was done; make the call again',
    );
  // The target by name: left out, it could now be another one.
  const args = { ...call.args, target: call.at.target.name };
  resolve(authenticate(deps.catalogs, { ...call, args }), deps.whyAbsent);
}

function assertSure(catalogs: Catalogs): void {
  if (catalogs.isSure()) return;
  throw new ToolError(
    'too_busy',
    'this replica has not been able to see for some seconds whether its topology is still in force; nothing was done',
  );
}

/**
 * Until every replica has heard of an edit, what it opens is not open yet: what may be done is the narrower of the two
 * topologies, whichever replica is asked.
 */
function assertHoldsUnderBoth(
  { catalog, toolName, at, kind, tool }: AllowedRead | AllowedWrite | AllowedTrial,
  catalogs: Catalogs,
): void {
  if (tool.reach === 'stack') return;
  const heldUnder = ({ tools, pausers, graph }: Catalog): boolean => {
    const was = (tools.get(toolName) ?? pausers.get(toolName))?.targets.get(at.target.name);
    // Its lists may have been longer or shorter: only the very same are surely no wider.
    const isSame = was !== undefined && canonicalize(was.entry) === canonicalize(at.entry);
    return isSame && !(kind !== 'read' && graph.components.get(at.target.component)?.isProtected);
  };
  if (catalogs.alsoUnder(catalog.principal).every(heldUnder)) return;
  throw new ToolError(
    'too_busy',
    'the topology was edited just now, and not every replica knows it yet; what the edit opens is open in a few seconds',
  );
}
