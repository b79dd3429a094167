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
  /** Of a write alone: without a way back a human approves each call. */
  readonly reversible?: boolean;
  /** Of a write alone: what taking it back does, or why there is no way back. */
  readonly way_back?: string;
  /** Of a reversible write alone: whether a rollback reads back that it was taken back, and where it cannot. */
  readonly read_back?: string;
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

type OfWrite = Pick<EveryTool, 'effect' | 'reversible' | 'way_back' | 'read_back'>;

function effectOf(tool: AnyTool): OfWrite {
  if (tool.access === 'read') return {};
  const { kind, irreversible } = tool.effect;
  if (irreversible !== undefined) return { effect: kind, reversible: false, way_back: irreversible };
  const { way, isBack, unverifiable } = tool.effect;
  return { effect: kind, reversible: true, way_back: way, read_back: readBackOf(isBack, unverifiable) };
}

function readBackOf(isBack: unknown, unverifiable: string | undefined): string {
  if (unverifiable === undefined) return 'always';
  return isBack ? `except: ${unverifiable}` : `never: ${unverifiable}`;
}
