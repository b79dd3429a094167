import { z } from 'zod';
import type { Target } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import type { VhostEntry } from './connection.ts';
import { escapeRegex } from './listing.ts';
import { fits, Name } from './names.ts';
import { type Kind, reaches } from './scope.ts';

const Matched = Name.refine((text) => !text.startsWith('amq.'), 'amq. is for the broker’s own names');

/** What a policy applies to, by names and by how names begin. The regular expression is made from it here. */
export const PolicyMatch = z
  .strictObject({
    names: z.array(Matched).max(20).default([]).describe('Whole names'),
    prefixes: z
      .array(Matched)
      .max(20)
      .default([])
      .describe('How names begin; literal, nothing is a wildcard'),
  })
  .refine(({ names, prefixes }) => names.length + prefixes.length > 0, 'name at least one');
export type PolicyMatch = z.output<typeof PolicyMatch>;

/** No policy made here applies to the broker's own queues and exchanges, whatever the names begin with. */
const BEGIN = '^(?!amq\\.)(?:';
const END = ')$';
const REST = '.*';

/** The regular expression of a match, for the broker. */
export function compilePattern({ names, prefixes }: PolicyMatch): string {
  const forms = [...names.map(escapeRegex), ...prefixes.map((prefix) => escapeRegex(prefix) + REST)];
  return `${BEGIN}${forms.join('|')}${END}`;
}

/** The match that a regular expression was made from; undefined for any that was not made here. */
export function parsePattern(pattern: string): PolicyMatch | undefined {
  if (!pattern.startsWith(BEGIN) || !pattern.endsWith(END)) return undefined;
  const body = pattern.slice(BEGIN.length, -END.length);
  const forms = body.match(/(?:\\.|[^\\|])+/gsu);
  if (!forms) return undefined;
  const match: PolicyMatch = { names: [], prefixes: [] };
  for (const form of forms) {
    const signs = form.match(/\\.|[^\\]/gsu) ?? [];
    const isPrefix = signs.slice(-REST.length).join('') === REST;
    const literal = (isPrefix ? signs.slice(0, -REST.length) : signs).map((sign) =>
      sign.length > 1 && sign.startsWith('\\') ? sign.slice(1) : sign,
    );
    match[isPrefix ? 'prefixes' : 'names'].push(literal.join(''));
  }
  return compilePattern(match) === pattern ? match : undefined;
}

/** Whether everything that a match can ever apply to is inside a target. */
export const isInside = (target: Target<VhostEntry>, kind: Kind, { names, prefixes }: PolicyMatch): boolean =>
  names.every((name) => reaches(target, kind, name)) &&
  prefixes.every((prefix) => {
    const patterns = target.scope[`${kind}s`];
    return patterns === undefined || patterns.some((one) => one.endsWith('*') && fits(one, prefix));
  });

/** Throws ToolError('not_linked') unless all of a match is inside the target. */
export function assertMatchInside(target: Target<VhostEntry>, kind: Kind, match: PolicyMatch): void {
  if (isInside(target, kind, match)) return;
  const open = target.scope[`${kind}s`]?.join(', ') ?? 'none';
  throw new ToolError('not_linked', `the policy would apply outside ${target.name}, which reaches: ${open}`);
}

/** Regular expressions that mean the same to the broker (PCRE) and here. */
const SHARED =
  /^(?:[^\\()[\]{}]|\\[^A-Za-z0-9]|\\[dws]|\[\^?(?:[^[\]\\]|\\[^A-Za-z0-9]|\\[dws])+\]|\((?:\?[:!=])?|\)|\{\d+(?:,\d*)?\})*$/;

/** Whether a name fits a policy's regular expression. One that cannot be told here counts as fitting all. */
export function matcherOf(pattern: string): (name: string) => boolean {
  const match = parsePattern(pattern);
  if (match) {
    const { names, prefixes } = match;
    return (name) =>
      !name.startsWith('amq.') &&
      (names.includes(name) || prefixes.some((prefix) => name.startsWith(prefix)));
  }
  const regex = sharedRegex(pattern);
  return regex ? (name) => regex.test(name) : () => true;
}

/** The broker's regular expression as one of ours; undefined for one that could mean something else here. */
export function sharedRegex(pattern: string): RegExp | undefined {
  if (!SHARED.test(pattern)) return undefined;
  try {
    return new RegExp(pattern);
  } catch {
    return undefined;
  }
}
