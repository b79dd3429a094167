import { z } from 'zod';
import type { Precheck } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { printWorkload } from './names.ts';
import type { Found, KubeReader } from './reader.ts';
import type { Autoscaler } from './shapes.ts';

/** The bounds between which an autoscaler keeps a workload. The API's default for the lower one is one. */
export const boundsOf = ({ spec: { minReplicas, maxReplicas } }: Autoscaler) => ({
  min: minReplicas ?? 1,
  max: maxReplicas,
});

const Disabled = z.object({ selectPolicy: z.literal('Disabled') });
const AtRest = z.object({ scaleUp: Disabled, scaleDown: Disabled });

/**
 * Whether an autoscaler scales neither up nor down within its bounds.
 * @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#disable-scale-down
 */
export const isAtRest = ({ spec }: Autoscaler): boolean => AtRest.safeParse(spec.behavior).success;

/**
 * Whether an autoscaler would change a number of replicas. At rest it does not within its bounds, and never from zero.
 * @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#implicit-maintenance-mode-deactivation
 */
function wouldChange(autoscaler: Autoscaler, replicas: number): boolean {
  const { min, max } = boundsOf(autoscaler);
  const isBound = isAtRest(autoscaler) || min === max;
  return replicas !== 0 && !(isBound && min <= replicas && replicas <= max);
}

/** The autoscaler that would undo a number of replicas, if there is one. */
async function undoing(reader: KubeReader, found: Found, replicas: number, signal: AbortSignal) {
  const autoscaler = await reader.autoscalerOf(found, signal);
  return autoscaler && wouldChange(autoscaler, replicas) ? autoscaler : undefined;
}

/** What an autoscaler would undo within a minute is not done at all. Throws ToolError('conflict'). */
export async function refuseAutoscaled(
  reader: KubeReader,
  found: Found,
  { replicas, signal }: { replicas: number; signal: AbortSignal },
): Promise<void> {
  const autoscaler = await undoing(reader, found, replicas, signal);
  if (!autoscaler) return;
  const { min, max } = boundsOf(autoscaler);
  throw new ToolError(
    'conflict',
    `the autoscaler ${autoscaler.metadata.name} keeps it between ${min} and ${max} replicas and would undo this; change the autoscaler’s bounds`,
  );
}

/** The autoscaler that would undo a step of a rollback, and the pause that leaves the step's number be. */
export async function autoscalerAhead(
  reader: KubeReader,
  found: Found,
  { replicas, workload, signal }: { replicas: number; workload: string | undefined; signal: AbortSignal },
): Promise<Precheck> {
  const autoscaler = await undoing(reader, found, replicas, signal);
  if (!autoscaler) return {};
  const { min, max } = boundsOf(autoscaler);
  const { name } = autoscaler.metadata;
  const own = printWorkload(found.ref);
  return {
    reconcilers: [
      {
        name: `the autoscaler ${name}`,
        does: `keeps ${own} between ${min} and ${max} replicas`,
        pause: {
          tool: 'k8s_pause_autoscaler',
          args: { ...(workload === undefined ? {} : { workload }), replicas },
          state: `${name} rests, and leaves the replicas of ${own} as they are`,
        },
      },
    ],
  };
}
