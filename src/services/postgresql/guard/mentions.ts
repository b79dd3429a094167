/** A name as a statement writes it. */
export interface Name {
  readonly schema?: string;
  readonly name: string;
}

/** Everything in a statement that only the server can say what it stands for. */
export interface Mentions {
  readonly relations: Name[];
  /** Names of the statement's own WITH queries. */
  readonly ctes: Set<string>;
  readonly functions: Name[];
  readonly operators: Name[];
  readonly types: Name[];
  readonly collations: Name[];
  /** Calls of pg_typeof, and how many of them stand where their type cannot pass to a value beside them. */
  readonly typeofs: { all: number; harmless: number };
  /** Last words of `x.word`, which calls the function `word` where `x` has no such column. */
  readonly attributes: Set<string>;
}

export const noMentions = (): Mentions => ({
  relations: [],
  ctes: new Set(),
  functions: [],
  operators: [],
  types: [],
  collations: [],
  typeofs: { all: 0, harmless: 0 },
  attributes: new Set(),
});

/** The mentions of several trees as one. */
export function merge(all: readonly Mentions[]): Mentions {
  return {
    relations: all.flatMap((one) => one.relations),
    ctes: new Set(all.flatMap((one) => [...one.ctes])),
    functions: all.flatMap((one) => one.functions),
    operators: all.flatMap((one) => one.operators),
    types: all.flatMap((one) => one.types),
    collations: all.flatMap((one) => one.collations),
    typeofs: {
      all: all.reduce((sum, one) => sum + one.typeofs.all, 0),
      harmless: all.reduce((sum, one) => sum + one.typeofs.harmless, 0),
    },
    attributes: new Set(all.flatMap((one) => [...one.attributes])),
  };
}

/** `schema.name`, for messages. */
export const spell = ({ schema, name }: Name): string => (schema ? `${schema}.${name}` : name);
