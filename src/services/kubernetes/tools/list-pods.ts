import { z } from 'zod';
import type { Pod, State } from '../shapes.ts';
import { complete, completeness, tool, WorkloadArgs } from '../tool.ts';

const Container = z.strictObject({
  name: z.string(),
  image: z.string().optional(),
  ready: z.boolean(),
  restarts: z.number(),
  state: z.string(),
  last_end: z.string().optional().describe('How it ended last time'),
});

export const listPods = tool({
  name: 'k8s_list_pods',
  access: 'read',
  reach: 'sub',
  title: 'List pods',
  description: 'Pods of a workload, or of the whole namespace, with the state of their containers.',
  params: WorkloadArgs,
  output: z.strictObject({
    pods: z.array(
      z.strictObject({
        name: z.string(),
        phase: z.string(),
        reason: z.string().optional(),
        node: z.string().optional(),
        started: z.string().optional(),
        owner: z.string().optional(),
        containers: z.array(Container),
      }),
    ),
    ...completeness,
  }),
  list: 'pods',
  async run({ client, signal, limits }, { workload }) {
    const { items, isCut } = await client.pods(workload, signal);
    return {
      pods: items.slice(0, limits.rows).map(show),
      ...complete(isCut || items.length > limits.rows, 'there are more pods; name a workload'),
    };
  },
});

function show({ metadata, spec, status }: Pod) {
  const owner = metadata.ownerReferences.find(({ controller }) => controller);
  return {
    name: metadata.name,
    phase: status.phase ?? 'Unknown',
    ...(status.reason === undefined ? {} : { reason: status.reason }),
    ...(spec.nodeName === undefined ? {} : { node: spec.nodeName }),
    ...(status.startTime === undefined ? {} : { started: status.startTime }),
    ...(owner ? { owner: `${owner.kind.toLowerCase()}/${owner.name}` } : {}),
    containers: spec.containers.map(({ name, image }) => {
      const found = status.containerStatuses.find((one) => one.name === name);
      const last = found?.lastState.terminated ? stateOf(found.lastState) : undefined;
      return {
        name,
        ...(image === undefined ? {} : { image }),
        ready: found?.ready ?? false,
        restarts: found?.restartCount ?? 0,
        state: found ? stateOf(found.state) : 'not started',
        ...(last === undefined ? {} : { last_end: last }),
      };
    }),
  };
}

function stateOf({ waiting, running, terminated }: State): string {
  if (running) return 'running';
  if (terminated) return `terminated: ${terminated.reason ?? 'ended'} (exit code ${terminated.exitCode})`;
  return waiting?.reason === undefined ? 'waiting' : `waiting: ${waiting.reason}`;
}
