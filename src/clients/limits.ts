/** A published limit of a client. */
export interface Limit {
  readonly value: number;
  /** Where it is said. */
  readonly source: string;
}

/** What a client takes from a server. Absent is what no maker has published. */
export interface ClientLimits {
  /** Tools of all servers together. */
  readonly tools?: Limit;
  /** Characters of a tool's name, with what the client puts before it. */
  readonly name: Limit & { prefix(server: string): string };
  /** Bytes of a tool's description, and of the server's instructions. */
  readonly description?: Limit;
  /** Tokens of a result. */
  readonly resultTokens?: Limit;
  /** Bytes of a result. */
  readonly resultBytes?: Limit;
}

/** What the models behind every client take: a list that breaks one of these is refused as a whole. */
export const MODEL_LIMITS = {
  /** A tool's name. */
  name: /^[a-zA-Z0-9_-]{1,64}$/,
  /** The name of a parameter. */
  parameter: /^[a-zA-Z0-9_.-]{1,64}$/,
  /** What the root of a schema may not have. */
  notAtRoot: ['oneOf', 'anyOf', 'allOf', 'not', 'if', '$ref', 'enum'],
  source: 'https://github.com/anthropics/claude-code/issues/95504',
} as const;

/** As many characters as a server's name may have, so that the name of a tool stays within what a client takes. */
export function longestFitting({ name }: ClientLimits, tool: string): number {
  const fits = (length: number) => name.prefix('x'.repeat(length)).length + tool.length <= name.value;
  let length = name.value;
  while (length > 0 && !fits(length)) length -= 1;
  return length;
}
