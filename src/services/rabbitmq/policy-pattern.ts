import { z } from 'zod';
import type { Target } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import type { VhostEntry } from './connection.ts';
import { escapeRegex } from './listing.ts';
import { fits, Name } from './names.ts';
import { type Kind, reaches } from './scope.ts';

/** What a policy applies to, by names and by how names begin. The regular expression is made from it here. */
export const PolicyMatch = z
  .strictObject({
    names: z.array(Name).max(20).default([]).describe('Whole names'),
    prefixes: z.array(Name).max(20).default([]).describe('How names begin; literal, nothing is a wildcard'),
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
  const forms = body.match(/(?:\\.|[^\\|])+/gsu) ?? [];
  const match: PolicyMatch = { names: [], prefixes: [] };
  for (const form of forms) {
    const isPrefix = form.endsWith(REST) && !form.endsWith(`\\${REST}`);
    const literal = (isPrefix ? form.slice(0, -REST.length) : form).replace(/\\(.)/gsu, '$1');
    match[isPrefix ? 'prefixes' : 'names'].push(literal);
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

/** Whether a name fits a policy's regular expression. One that cannot be read here counts as fitting all. */
export function matcherOf(pattern: string): (name: string) => boolean {
  try {
    const regex = new RegExp(pattern, 'u');
    return (name) => regex.test(name);
  } catch {
    return () => true;
  }
}
