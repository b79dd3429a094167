import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import type { TreeNode } from '../api.ts';
import type { LogEntry } from '../log-stream.ts';
import { ApplicationName, ContainerName, NamespaceName, PodName } from '../names.ts';
import { ScopedApplication } from '../scope.ts';
import { complete, completeness, type Reading, tool } from '../tool.ts';

const MOST_LINES = 2_000;
const MOST_LINE = 4_000;
/** Of the byte limit, what lines may fill; the rest is for their frame. */
const SHARE = 0.8;

export const logs = tool({
  name: 'argocd_logs',
  access: 'read',
  reach: 'sub',
  title: 'Read logs of a pod',
  description: 'The last lines of one pod in an application’s tree. argocd_resource_tree names the pods.',
  params: z.strictObject({
    application: ApplicationName,
    pod: PodName,
    namespace: NamespaceName.optional(),
    container: ContainerName.optional().describe('May be left out where the pod has one'),
    tail_lines: z.number().int().min(1).max(MOST_LINES).default(100),
    since_seconds: z.number().int().min(1).max(2_592_000).optional(),
    previous: z.boolean().default(false).describe('Of the container before its last restart'),
  }),
  output: z.strictObject({ pod: z.string(), lines: z.array(z.string()), ...completeness }),
  list: 'lines',
  async run(context, args) {
    const { client, target, signal, limits } = context;
    const of = ScopedApplication.within(target, args.application);
    const pod = await podOf(context, of, args.pod, args.namespace);
    const tailLines = Math.min(args.tail_lines, limits.rows * 4);
    const entries = await client.logs(
      of,
      {
        pod,
        tailLines,
        container: args.container,
        sinceSeconds: args.since_seconds,
        previous: args.previous,
      },
      signal,
    );
    const lines = newest(entries.slice(-tailLines).map(lineOf), limits.bytes * SHARE);
    const isCut = lines.length < entries.length || tailLines < args.tail_lines;
    return { pod: pod.name, lines, ...complete(isCut, 'older lines are left out; ask for fewer tail_lines') };
  },
});

/** A pod of the tree; the logs of no other are asked for. Throws ToolError: 'not_found', or 'invalid_arguments' for several. */
async function podOf(
  { client, signal }: Reading,
  of: ScopedApplication,
  name: string,
  namespace: string | undefined,
): Promise<TreeNode> {
  const pods = (await client.tree(of, signal)).filter(
    (node) =>
      node.kind === 'Pod' &&
      node.group === '' &&
      node.name === name &&
      (namespace ?? node.namespace) === node.namespace,
  );
  const [only, another] = pods;
  if (!only)
    throw new ToolError('not_found', `${of.name} has no pod ${name}; argocd_resource_tree names its pods`);
  if (another)
    throw new ToolError('invalid_arguments', 'namespace: pods of several namespaces are called so');
  return only;
}

const lineOf = ({ timeStampStr, content }: LogEntry): string => {
  const text = content.length > MOST_LINE ? `${content.slice(0, MOST_LINE)}…` : content;
  return timeStampStr === '' ? text : `${timeStampStr} ${text}`;
};

/** The newest lines that fit into so many bytes: a list that is cut elsewhere loses its end. */
function newest(lines: readonly string[], bytes: number): string[] {
  let left = bytes;
  let from = lines.length;
  while (from > 0) {
    left -= Buffer.byteLength(JSON.stringify(lines[from - 1])) + 1;
    if (left < 0) break;
    from -= 1;
  }
  return lines.slice(from);
}
