import { ToolError } from '../../toolset/errors.ts';
import { FORBIDDEN } from '../../topology/words.ts';

const LITERAL = "[A-Za-z0-9._~:@!$&'()*+,=-]";
/** Name of a parameter; `__proto__` and the like are none. */
export const PARAMETER_NAME = /^_?[A-Za-z][A-Za-z0-9_.[\]-]{0,62}$/;
const HOLE = /\{([^{}]*)\}/g;
const TEMPLATE = new RegExp(`^(?:/(?:${LITERAL}|\\{[A-Za-z0-9_.[\\]-]+\\})*)+$`);

/** Whether a text is the path of an endpoint: `/orders/{id}/lines`. Nothing in it is encoded, a query or a dot segment. */
export const isPathTemplate = (text: string): boolean =>
  text.length <= 500 && TEMPLATE.test(text) && !/\/\//.test(text) && !hasDotSegment(text);

/** Names of the holes of a path template, in order. */
export const holesOf = (template: string): string[] =>
  [...template.matchAll(HOLE)].map(([, name = '']) => name);

const hasDotSegment = (path: string): boolean => path.split('/').some((segment) => /^\.+$/.test(segment));

/**
 * Fills the holes of a path template with encoded values.
 *
 * Encoding alone is no proof: servers decode an encoded slash, decode twice, fold full-width characters, or cut at a
 * semicolon before they look where a path leads. So what could become a separator anywhere is refused.
 * @throws ToolError('invalid_arguments') naming the parameter
 */
export function fillPath(template: string, values: ReadonlyMap<string, string>): string {
  const filled = template.replace(HOLE, (_, name: string) => {
    const value = values.get(name);
    if (value === undefined)
      throw new ToolError('invalid_arguments', `the path parameter ${name} is missing`);
    return encodeURIComponent(safePart(name, value));
  });
  if (hasDotSegment(filled))
    throw new ToolError('invalid_arguments', 'the parameters would make a path that climbs');
  return filled;
}

function safePart(name: string, value: string): string {
  const refuse = (why: string) => new ToolError('invalid_arguments', `the path parameter ${name} ${why}`);
  // Compatibility forms: U+FF0F becomes a slash, U+2025 two dots, on servers that normalise.
  for (const form of [value, value.normalize('NFKC')]) {
    if (form.trim() === '') throw refuse('must not be empty');
    if (FORBIDDEN.test(form)) throw refuse('holds a control, invisible or lone surrogate character');
    if (/[/\\%;?#]/.test(form)) throw refuse('must not hold any of / \\ % ; ? #, in any form');
    if (/^\.+$/.test(form)) throw refuse('must not consist of dots');
  }
  return value;
}
