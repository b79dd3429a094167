import { isDeepStrictEqual } from 'node:util';
import type { Catalog } from '../toolset/catalog.ts';
import { type Reach, STACK_PRINCIPAL } from '../toolset/reach.ts';

/** What of the history one principal may see and take back. */
export interface Sight {
  /** Whether it is told of a component at all. */
  component(name: string): boolean;
  /** Whether it is told what was done to a target, `component` or `component/sub`. */
  target(name: string): boolean;
  /** The same of one write; its own are its own. */
  write(write: { readonly target: string; readonly principal: string }): boolean;
}

/**
 * The stack's own client sees everything. An agent sees a target that its links leave open whole: the history does
 * not tell which of the schemas or topics of a narrowed one a write or a resource was of.
 */
export function sightOf({ principal, reach }: Catalog): Sight {
  const isStack = principal === STACK_PRINCIPAL;
  const target = (name: string): boolean => {
    if (isStack) return true;
    const [component = '', ...sub] = name.split('/');
    const own = reach.get(component);
    if (!own) return false;
    return sub.length > 0
      ? isWhole(own, sub.join('/'))
      : [...own.component.subs.keys()].every((one) => isWhole(own, one));
  };
  return {
    component: (name) => isStack || reach.has(name),
    target,
    write: ({ target: name, principal: by }) =>
      target(name) || (by === principal && reach.has(name.split('/')[0] ?? '')),
  };
}

const isWhole = ({ subs, component }: Reach, sub: string): boolean =>
  subs.has(sub) && isDeepStrictEqual(subs.get(sub), component.subs.get(sub));
