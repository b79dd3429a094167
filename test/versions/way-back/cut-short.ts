import { SERVICES } from '../../../src/services/index.ts';
import type { AnyTool, ServiceDefinition, WriteContext } from '../../../src/toolset/define.ts';

/** Where the process ends, as far as a write is concerned. */
export const CUTS = ['before it began', 'at its record', 'after it was done'] as const;
export type Cut = (typeof CUTS)[number];

/** Every service of the product with one tool whose run is cut short once, and then works as ever. */
export function cutShort(name: string, cut: Cut): ReadonlyMap<string, ServiceDefinition> {
  const once = { isDue: true };
  const made = new Map<AnyTool, AnyTool>();
  const cutTool = (tool: AnyTool): AnyTool => {
    if (tool.access === 'read' || tool.name !== name) return tool;
    const known = made.get(tool);
    if (known) return known;
    const run: typeof tool.run = async (context, args) => {
      if (!once.isDue) return tool.run(context, args);
      once.isDue = false;
      if (cut === 'before it began') throw new Ended();
      await tool.run(cut === 'at its record' ? unrecorded(context) : context, args);
      throw new Ended();
    };
    const cutOne = { ...tool, run };
    made.set(tool, cutOne);
    return cutOne;
  };
  return new Map(
    [...SERVICES].map(([type, service]) => [type, { ...service, tools: service.tools.map(cutTool) }]),
  );
}

/** No `ToolError`: nobody is left to say what became of the write. */
class Ended extends Error {
  constructor() {
    super('the process ended here');
  }
}

// biome-ignore lint/suspicious/noExplicitAny: as in the registry, the tool may be of any service
const unrecorded = (context: WriteContext<any>) => ({
  ...context,
  recordAfter: () => Promise.reject(new Ended()),
});
