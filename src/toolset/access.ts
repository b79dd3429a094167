import type { Link } from '../topology/graph.ts';
import type { Access } from './define.ts';
import type { Flag, FlagStore } from './flags.ts';
import type { Reach } from './reach.ts';

/** Whether one operation on one target is open to a principal, and what decided. */
export interface AccessDecision {
  readonly allowed: boolean;
  readonly reasons: readonly string[];
}

/**
 * Decides for one linked target. The catalog lists by it, the gate checks by it again, and
 * `stack_explain_access` shows its reasons, so that the three cannot disagree.
 */
export function decideAccess(
  reach: Reach,
  sub: string | undefined,
  access: Access,
  flags: FlagStore,
): AccessDecision {
  const links = reach.links.filter((link) => sub === undefined || link.subs.has(sub));
  if (links.length === 0)
    return { allowed: false, reasons: [`no link reaches ${reach.component.name}/${sub}`] };
  const reasons = links.map(describeLink);
  if (access === 'read') return { allowed: true, reasons };
  if (reach.component.isProtected) {
    return {
      allowed: false,
      reasons: [...reasons, `${reach.component.name} is protected: true, so nobody writes to it`],
    };
  }
  if (links.every((link) => link.access === 'read')) {
    return { allowed: false, reasons: [...reasons, 'every link that reaches it is capped to access: read'] };
  }
  const flag = flags.read(reach.component.name, sub);
  return { allowed: flag.on, reasons: [...reasons, describeFlag(flag)] };
}

/** The same for the stack itself: everybody may read its metadata; what writes needs the stack's own flag, and links bound what it does. */
export function decideStackAccess(access: Access, flags: FlagStore): AccessDecision {
  if (access === 'read') return { allowed: true, reasons: ['every stack has its own metadata'] };
  const flag = flags.read('stack');
  return { allowed: flag.on, reasons: [describeFlag(flag)] };
}

export const describeLink = (link: Link): string =>
  `link ${link.from} -> ${link.to} (${link.type}${link.access === 'read' ? ', access: read' : ''}) at ${link.at.file}:${link.at.line} reaches it`;

export const describeFlag = (flag: Flag): string =>
  flag.on
    ? `write flag ${flag.variable}=true`
    : `write flag ${flag.variable} is ${flag.value === undefined ? 'not set' : `'${flag.value}'`}; only 'true' opens writes`;
