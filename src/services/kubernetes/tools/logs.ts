import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import { ContainerName, PodName } from '../names.ts';
import type { Pod } from '../shapes.ts';
import { complete, completeness, tool } from '../tool.ts';

const MOST_LINES = 2000;

export const logs = tool({
  name: 'k8s_logs',
  access: 'read',
  reach: 'sub',
  title: 'Read logs of a pod',
  description: 'The last lines of one container’s log. k8s_list_pods names the pods.',
  params: z.strictObject({
    pod: PodName,
    container: ContainerName.optional().describe('May be left out where the pod has one'),
    tail_lines: z.number().int().min(1).max(MOST_LINES).default(100),
    since_seconds: z
      .number()
      .int()
      .min(1)
      .max(2_592_000)
      .optional()
      .describe('Only lines of this many seconds'),
    previous: z.boolean().default(false).describe('Of the container before its last restart'),
  }),
  output: z.strictObject({
    pod: z.string(),
    container: z.string(),
    lines: z.array(z.string()),
    ...completeness,
  }),
  list: 'lines',
  async run({ client, signal, limits }, args) {
    const pod = await client.pod(args.pod, signal);
    const container = containerOf(pod, args.container);
    const tailLines = Math.min(args.tail_lines, limits.rows * 4);
    const query = {
      tailLines,
      limitBytes: limits.bytes,
      timestamps: true,
      ...(args.since_seconds === undefined ? {} : { sinceSeconds: args.since_seconds }),
      ...(args.previous ? { previous: true } : {}),
    };
    const text = await client.log({ pod: pod.metadata.name, container, query }, signal);
    const lines = text.split('\n').filter((line) => line !== '');
    // The server counts lines from the end first, then cuts what follows the byte limit: the newest are lost.
    const isCut = Buffer.byteLength(text) >= limits.bytes || tailLines < args.tail_lines;
    return {
      pod: pod.metadata.name,
      container,
      lines,
      ...complete(isCut, 'the newest lines are cut away; ask for fewer tail_lines'),
    };
  },
});

function containerOf({ spec }: Pod, given: string | undefined): string {
  const names = [...spec.containers, ...spec.initContainers].map(({ name }) => name);
  const [only, ...others] = spec.containers;
  if (given === undefined && only && others.length === 0) return only.name;
  if (given !== undefined && names.includes(given)) return given;
  throw new ToolError('invalid_arguments', `container: the pod has ${names.join(', ')}`);
}
