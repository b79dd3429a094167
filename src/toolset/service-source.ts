import type { TypeSource } from '../topology/type-source.ts';
import type { ServiceDefinition } from './define.ts';
import { drawnTypes } from './drawn-types.ts';

/** One service that may never be needed: its tools by name, and how to load the rest. */
export interface ServiceLoader {
  /** Always there, whatever a topology draws. */
  readonly builtIn: boolean;
  readonly tools: readonly string[];
  load(): Promise<ServiceDefinition>;
}

/** The services of one process, loaded as topologies come to draw them: a start pays only for what its topology has. */
export interface ServiceSource {
  /** What is loaded by now; grows, and never loses one. */
  readonly loaded: ReadonlyMap<string, ServiceDefinition>;
  /** Loads types for a topology, and with them what is always there. */
  readonly types: TypeSource;
  /** The types whose service has a tool of that name, loaded or not. */
  ownersOf(tool: string): readonly string[];
}

/** Loads each service at its first use. */
export function servicesByType(loaders: ReadonlyMap<string, ServiceLoader>): ServiceSource {
  const loaded = new Map<string, ServiceDefinition>();
  const load = async (isWanted: (type: string, loader: ServiceLoader) => boolean) => {
    const missing = [...loaders].filter(([type, loader]) => !loaded.has(type) && isWanted(type, loader));
    const found = await Promise.all(
      missing.map(async ([type, loader]) => [type, await loader.load()] as const),
    );
    for (const [type, service] of found) loaded.set(type, service);
    return drawnTypes(loaded);
  };
  return {
    loaded,
    types: {
      likely: (text) => {
        const words = new Set(text.match(/[a-z][a-z0-9-]*/g));
        return load((type, { builtIn }) => builtIn || words.has(type));
      },
      all: () => load(() => true),
    },
    ownersOf: (tool) => [...loaders].filter(([, { tools }]) => tools.includes(tool)).map(([type]) => type),
  };
}

/** Services that are loaded already. */
export const servicesAtHand = (services: ReadonlyMap<string, ServiceDefinition>): ServiceSource => {
  const drawn = drawnTypes(services);
  return {
    loaded: services,
    types: { likely: async () => drawn, all: async () => drawn },
    ownersOf: (tool) =>
      [...services.values()]
        .filter(({ tools }) => tools.some(({ name }) => name === tool))
        .map(({ type }) => type),
  };
};
