import type { Captured } from '../call/changes.ts';
import type { Pipeline } from '../call/pipeline.ts';
import type { Catalog } from '../toolset/catalog.ts';
import type { ConfigurationRead, JsonValue } from '../toolset/define.ts';

/** How long the captures of one component may take together. */
const CAPTURE_MS = 5_000;

export interface CaptureDeps {
  readonly run: Pipeline;
  /** The catalog of the stack's own client, which sees what all links reach. */
  catalog(): Catalog;
}

/**
 * Reads the configuration of components by their services' own tools, in the name of the stack's own client: each
 * reading is a call like any other, checked, masked and recorded. A component whose service declares no
 * configuration, or that no link reaches, is left out.
 */
export async function captureComponents(names: Iterable<string>, deps: CaptureDeps): Promise<Captured> {
  const one = async (name: string) => [name, await captureComponent(name, deps)] as const;
  const captured = await Promise.all([...new Set(names)].map(one));
  return new Map(captured.flatMap(([name, found]) => (found ? [[name, found] as const] : [])));
}

async function captureComponent(name: string, { run, catalog }: CaptureDeps) {
  const current = catalog();
  const reads = current.reach.get(name)?.service.configuration;
  if (!reads) return undefined;
  const signal = AbortSignal.timeout(CAPTURE_MS);
  const configuration: Record<string, JsonValue> = {};
  for (const read of reads)
    for (const target of targetsOf(current, read.tool, name)) {
      const args = { ...read.args, target };
      const answer = await run({
        principal: undefined,
        id: 'capture',
        via: 'capture',
        toolName: read.tool,
        args,
        signal,
      });
      if (!answer.structured)
        return { missed: `${read.tool} on ${target}: ${answer.error?.code ?? answer.outcome}` };
      Object.assign(configuration, resourcesIn(answer.structured, read, target));
    }
  return { configuration };
}

const targetsOf = (catalog: Catalog, tool: string, component: string): string[] =>
  [...(catalog.tools.get(tool)?.targets.values() ?? [])]
    .filter(({ target }) => target.component === component)
    .map(({ target }) => target.name);

/** The resources of one reading, named after the tool's words and their own: `orders-db/orders tables public.orders`. */
function resourcesIn(
  output: Readonly<Record<string, unknown>>,
  { list, key = [], fields, tool }: ConfigurationRead,
  target: string,
): Record<string, JsonValue> {
  if (list === undefined) return { [`${target} ${tool}`]: pick(output, fields) };
  const items = output[list];
  const named = (Array.isArray(items) ? items : []).map(
    (item: Readonly<Record<string, unknown>>): [string, JsonValue] => [
      [target, list, ...key.map((field) => String(item[field]))].join(' '),
      pick(item, fields),
    ],
  );
  // What was cut is no configuration: a resource that is not in a cut list may be there all the same.
  return {
    ...Object.fromEntries(named),
    ...(output.truncated === true ? { [`${target} ${list}`]: 'cut: too many to show' } : {}),
  };
}

const pick = (from: Readonly<Record<string, unknown>>, fields: readonly string[]): JsonValue =>
  JSON.parse(JSON.stringify(Object.fromEntries(fields.map((field) => [field, from[field] ?? null]))));
