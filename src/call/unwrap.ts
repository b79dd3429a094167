import { z } from 'zod';
import type { Catalog } from '../toolset/catalog.ts';
import { CALL_TOOL } from '../toolset/directory.ts';

const Wrapped = z.strictObject({
  name: z.string(),
  arguments: z.record(z.string(), z.unknown()).default({}),
});

type Named = {
  readonly toolName: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly via?: string;
};

/**
 * Puts the call that `call_tool` names in its place, so that everything after it judges and records the inner call
 * alone. What does not name one stays as it is, and is refused by the schema of `call_tool`.
 */
export function unwrap<C extends Named>(catalog: Catalog, call: C): C {
  if (call.toolName !== CALL_TOOL || !catalog.tools.has(CALL_TOOL)) return call;
  const named = Wrapped.safeParse(call.args);
  if (!named.success || named.data.name === CALL_TOOL) return call;
  return { ...call, toolName: named.data.name, args: named.data.arguments, via: CALL_TOOL };
}
