import type { ServiceDefinition } from './define.ts';

/** The services that a topology may draw components of. */
export const drawnTypes = (
  services: ReadonlyMap<string, ServiceDefinition>,
): ReadonlyMap<string, ServiceDefinition> =>
  new Map([...services].filter(([, service]) => service.builtIn !== true));
