import type { ComponentType } from './component-type.ts';

/** The component types that a file is checked against. Loading each has its price, so a start asks for the likely ones. */
export interface TypeSource {
  /** Those whose names a text mentions; may miss one that the text spells in an unusual way. */
  likely(text: string): Promise<ReadonlyMap<string, ComponentType>>;
  /** Every type there is. */
  all(): Promise<ReadonlyMap<string, ComponentType>>;
}

/** Types that are loaded already. */
export const typesAtHand = (types: ReadonlyMap<string, ComponentType>): TypeSource => ({
  likely: async () => types,
  all: async () => types,
});
