import { ToolError } from '../../toolset/errors.ts';
import { parseWorkload, printWorkload, type WorkloadRef } from './names.ts';

/** What one target reaches: a namespace, or a single workload in it. */
export interface Place {
  readonly namespace: string;
  readonly only?: WorkloadRef;
}

/**
 * The workload that a call works on.
 * @throws ToolError('not_linked') for another than the target's own; ToolError('invalid_arguments') for none.
 */
export function workloadAt(place: Place, given: string | undefined): WorkloadRef {
  if (given === undefined) {
    if (place.only) return place.only;
    throw new ToolError('invalid_arguments', 'the target is a namespace, so say which workload: KIND/NAME');
  }
  const named = parseWorkload(given);
  if (place.only && printWorkload(place.only) !== printWorkload(named))
    throw new ToolError(
      'not_linked',
      `the target is ${printWorkload(place.only)} alone; ${given} is outside of it`,
    );
  return named;
}

/** The same where a namespace may also be looked at as a whole: then undefined. */
export const workloadOrAll = (place: Place, given: string | undefined): WorkloadRef | undefined =>
  given === undefined && !place.only ? undefined : workloadAt(place, given);
