import { FORBIDDEN, firstForbidden, quote } from './words.ts';

export const COMPONENT_NAME = /^[a-z][a-z0-9]*([-_][a-z0-9]+)*$/;
export const MAX_COMPONENT_NAME = 48;
export const SUB_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/;
/** Names that the stack's own tools use as a target. */
const RESERVED = new Set(['stack']);

/** What is wrong with a component's (or group's, or stack's) name, or undefined. */
export function componentNameProblem(
  kind: 'component' | 'group' | 'stack',
  name: string,
): string | undefined {
  if (kind === 'component' && RESERVED.has(name))
    return `the component name ${quote(name)} is reserved; choose another`;
  if (COMPONENT_NAME.test(name) && name.length <= MAX_COMPONENT_NAME) return undefined;
  return `the ${kind} name ${quote(name)} ${fault(name)}: use lower-case letters and digits, in words joined by - or _, starting with a letter, at most ${MAX_COMPONENT_NAME} characters`;
}

/** What is wrong with a sub-component's name, or undefined. `singular` is what the service calls one. */
export function subNameProblem(singular: string, name: string): string | undefined {
  if (SUB_NAME.test(name)) return undefined;
  return `the ${singular} name ${quote(name)} ${fault(name)}: use letters, digits, _, . and -, starting with a letter or digit, at most 63 characters`;
}

function fault(name: string): string {
  if (name === '') return 'is empty';
  const hidden = firstForbidden(name);
  if (hidden !== undefined && FORBIDDEN.test(name)) return `holds the character ${hidden}`;
  const odd = /[^A-Za-z0-9_.-]/u.exec(name)?.[0];
  if (odd === ' ') return 'holds a space';
  if (odd !== undefined) return `holds the character ${quote(odd)}`;
  return 'does not fit';
}
