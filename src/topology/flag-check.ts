import type { CheckedComponent } from './component-check.ts';
import type { Findings } from './findings.ts';
import { flagName } from './flag-name.ts';
import { quote } from './words.ts';

/** Reports components and sub-components whose write flags would be the same variable: one flag must not open two doors. */
export function checkFlagNames(components: ReadonlyMap<string, CheckedComponent>, findings: Findings): void {
  const owners = new Map<string, string>();
  const claim = (flag: string, owner: string, at: { start: number; end: number }) => {
    const other = owners.get(flag);
    if (other === undefined) owners.set(flag, owner);
    else findings.error(at, `${owner} and ${other} would share the write flag ${flag}: rename one`);
  };
  for (const [name, { component, key, subKeys }] of components) {
    if (component.isExternal) continue;
    claim(flagName(name), `component ${quote(name)}`, key);
    for (const [sub, at] of subKeys) claim(flagName(name, sub), quote(`${name}/${sub}`), at);
  }
}
