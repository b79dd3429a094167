import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import type { Event, TreeNode } from '../api.ts';
import { shortened } from '../application-view.ts';
import { ApplicationName, Kind, NamespaceName } from '../names.ts';
import { ScopedApplication } from '../scope.ts';
import { complete, completeness, type Reading, tool } from '../tool.ts';

const ResourceName = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[A-Za-z0-9][-A-Za-z0-9._:]*$/, 'the name of a resource');

export const events = tool({
  name: 'argocd_events',
  access: 'read',
  reach: 'sub',
  title: 'List events',
  description:
    'Kubernetes events of an application itself, or of one resource of its tree, newest first. A cluster keeps them for about an hour.',
  params: z.strictObject({
    application: ApplicationName,
    resource: z
      .strictObject({ kind: Kind, name: ResourceName, namespace: NamespaceName.optional() })
      .optional()
      .describe('As argocd_resource_tree names it'),
  }),
  output: z.strictObject({
    events: z.array(
      z.strictObject({
        object: z.string(),
        type: z.string(),
        reason: z.string(),
        message: z.string(),
        count: z.number(),
        last_seen: z.string(),
      }),
    ),
    ...completeness,
  }),
  list: 'events',
  async run(context, { application, resource }) {
    const { client, target, signal, limits } = context;
    const of = ScopedApplication.within(target, application);
    const node = resource ? await nodeOf(context, of, resource) : undefined;
    const found = [...(await client.events(of, node, signal))].sort((one, other) =>
      seenAt(other).localeCompare(seenAt(one)),
    );
    return {
      events: found.slice(0, limits.rows).map((one) => ({
        object: `${one.involvedObject.kind} ${one.involvedObject.name}`,
        type: one.type,
        reason: one.reason,
        message: shortened(one.message),
        count: one.count ?? 1,
        last_seen: seenAt(one),
      })),
      ...complete(found.length > limits.rows, 'name one resource'),
    };
  },
});

const seenAt = ({ lastTimestamp, eventTime, firstTimestamp }: Event): string =>
  lastTimestamp ?? eventTime ?? firstTimestamp ?? '';

/** The one resource of the tree that is meant. Throws ToolError: 'not_found', or 'invalid_arguments' for several. */
async function nodeOf(
  { client, signal }: Reading,
  of: ScopedApplication,
  wanted: { readonly kind: string; readonly name: string; readonly namespace?: string | undefined },
): Promise<TreeNode> {
  const nodes = (await client.tree(of, signal)).filter(
    ({ kind, name, namespace, uid }) =>
      kind === wanted.kind &&
      name === wanted.name &&
      (wanted.namespace ?? namespace) === namespace &&
      // Without an id the events of the Application object would be given instead.
      !!uid,
  );
  const [only, another] = nodes;
  if (!only)
    throw new ToolError(
      'not_found',
      `${wanted.kind} ${wanted.name} does not live in the tree of ${of.name}; ask argocd_resource_tree`,
    );
  if (another)
    throw new ToolError('invalid_arguments', 'resource: several are called so; give the namespace');
  return only;
}
