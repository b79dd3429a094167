import type { CheckedComponent } from './component-check.ts';
import type { Findings } from './findings.ts';
import { quote } from './words.ts';

/** Reports fields that must name another component of a given type and do not. */
export function checkReferences(components: ReadonlyMap<string, CheckedComponent>, findings: Findings): void {
  for (const [name, { type, node }] of components)
    for (const [field, wanted] of Object.entries(type.references ?? {})) {
      const value = node.entries.get(field)?.value;
      if (value?.kind !== 'scalar' || typeof value.value !== 'string') continue;
      if (components.get(value.value)?.component.type === wanted) continue;
      const fitting = [...components].flatMap(([other, { component }]) =>
        component.type === wanted ? [other] : [],
      );
      findings.error(
        value,
        `${quote(field)} of component ${quote(name)} must name a ${wanted} component, and ${quote(value.value)} is none`,
        findings.advise(value.value, fitting),
      );
    }
}
