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
