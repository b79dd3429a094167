import type { z } from 'zod';
import { connector } from '../../../src/services/kubernetes/connect.ts';
import type { KubernetesTypes, Writing } from '../../../src/services/kubernetes/tool.ts';
import type { JsonValue, WriteTool } from '../../../src/toolset/define.ts';
import { granted } from '../../harness/granted.ts';
import { onlyGraph } from '../../harness/no-stack.ts';
import type { Lab } from './fixture.ts';

type Tool<P extends z.ZodObject, O extends z.ZodObject> = WriteTool<KubernetesTypes, P, O>;
const LIMITS = { rows: 500, bytes: 256 * 1024, deadlineMs: 20_000 };

/** Runs a write tool at the workload component `orders-api`, as the pipeline does, and can take it back. */
export async function writeOf<P extends z.ZodObject, O extends z.ZodObject>(
  { stack }: Lab,
  tool: Tool<P, O>,
  given: z.input<P>,
) {
  const { graph } = stack.stackward.catalogs.of('keeper');
  const own = graph.components.get('orders-api');
  const cluster = graph.components.get('bare');
  const { effect } = tool;
  if (!own || !cluster || effect.irreversible !== undefined) throw new Error('the lab has changed');
  const args = tool.params.parse(given);
  const grant = granted({ callId: 'c1', principal: 'keeper', tool: tool.name, target: own.name });
  const { client } = await connector.openWriter(
    {
      component: own.name,
      entry: {},
      connection: own.connection,
      references: { cluster: { component: cluster.name, connection: cluster.connection } },
      limits: LIMITS,
      warn: () => {},
    },
    grant,
  );
  let after: JsonValue = null;
  const context: Writing = {
    client,
    grant,
    target: { name: own.name, component: own.name, scope: {}, reach: new Map() },
    signal: new AbortController().signal,
    limits: LIMITS,
    principal: 'keeper',
    stack: onlyGraph(() => graph),
    recordAfter: async (value) => {
      after = value;
    },
  };
  const before = await effect.capture(context, args);
  return {
    before,
    run: () => tool.run(context, args),
    after: () => after,
    revert: () => effect.revert(context, { args, before, after }),
  };
}
