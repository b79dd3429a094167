import { SERVICES } from '../../src/services/index.ts';
import { anchor, code, table } from './markdown.ts';
import { boundsOf } from './tools.ts';
import { partsOf } from './topology.ts';

/**
 * What the declaration of one service says: its fields, link types, limits and tools.
 * @throws Error when there is no such service.
 */
export function serviceRegion(type: string): string {
  const service = SERVICES.get(type);
  if (!service) throw new Error(`there is no service '${type}'`);
  const tools = service.tools.map(({ name, access, title }) => [
    `[\`${name}\`](../tools.md#${anchor(name)})`,
    access,
    title,
  ]);
  const parts = partsOf(service).map((text) =>
    text.replaceAll('(#credentials)', '(../topology.md#credentials)'),
  );
  return [
    `Component type ${code(service.type)}, layer ${service.layer}.`,
    ...parts,
    boundsOf(service),
    table(['tool', 'access', 'what it does'], tools),
  ].join('\n\n');
}

/** Links to the page of each service, by title. */
export const serviceLinks = (types: readonly string[], page: (type: string) => string): string =>
  types
    .map((type) => `[${SERVICES.get(type)?.title ?? type}](${page(type)})`)
    .sort()
    .join(' · ');
