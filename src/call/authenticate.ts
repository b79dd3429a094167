import { ToolError } from '../toolset/errors.ts';
import { isPrincipal, STACK_PRINCIPAL } from '../toolset/reach.ts';
import type { Catalogs } from './catalogs.ts';
import type { Arrived, Authenticated } from './stages.ts';

/** Gives the call its principal's catalog. Throws ToolError('unauthenticated') for a principal that the topology does not name. */
export function authenticate(catalogs: Catalogs, request: Arrived): Authenticated {
  const principal = request.principal ?? STACK_PRINCIPAL;
  if (!isPrincipal(catalogs.graph(), principal))
    throw new ToolError('unauthenticated', `the topology names no agent '${principal}'`);
  return { ...request, catalog: catalogs.of(principal) };
}
