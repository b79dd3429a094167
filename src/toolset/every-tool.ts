import type { Layer } from '../topology/component-type.ts';
import type { Access, AnyTool, ServiceDefinition } from './define.ts';

/** One tool of one service type, whatever any topology draws. */
export interface EveryTool {
  readonly tool: string;
  readonly service: string;
  readonly layer: Layer;
  readonly access: Access;
  readonly title: string;
  /** Of a write alone. */
  readonly effect?: 'create' | 'update' | 'destroy';
  /** Of a write alone: `captured`, or why there is no way back and a human approves each call. */
  readonly way_back?: string;
}

/** Every tool of every service, in the order of the services' declarations. */
export const everyTool = (services: Iterable<ServiceDefinition>): readonly EveryTool[] =>
  [...services].flatMap((service) =>
    service.tools.map((tool) => ({
      tool: tool.name,
      service: service.type,
      layer: service.layer,
      access: tool.access,
      title: tool.title,
      ...effectOf(tool),
    })),
  );

const effectOf = (tool: AnyTool): Pick<EveryTool, 'effect' | 'way_back'> =>
  tool.access === 'read'
    ? {}
    : { effect: tool.effect.kind, way_back: tool.effect.irreversible ?? 'captured' };
