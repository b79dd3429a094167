import { z } from 'zod';
import type { AnyTool } from './define.ts';
import { leanInput, outlineOutput } from './lean-schema.ts';

/** Over this many targets the enum would cost more than it helps; the name is then checked at the call. */
export const ENUM_LIMIT = 40;

/** A tool as `tools/list` shows it. */
export interface ListedTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: { readonly type: 'object'; readonly [key: string]: unknown };
  readonly outputSchema: { readonly type: 'object'; readonly [key: string]: unknown };
  readonly annotations: {
    readonly readOnlyHint: boolean;
    /** Absent where it says nothing: of a tool that only reads. */
    readonly destructiveHint?: boolean;
    readonly openWorldHint: boolean;
  };
}

interface ToolSchemas {
  /** Without `target`, which each catalog adds. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly output: ListedTool['outputSchema'];
}

const listed = new WeakMap<AnyTool, ToolSchemas>();

/** JSON Schemas of a tool as lists show them, made once for the life of the process however many catalogs list it. */
function listedSchemasOf(tool: AnyTool): ToolSchemas {
  const known = listed.get(tool);
  if (known) return known;
  const { input, output } = wholeSchemasOf(tool);
  const schemas = { input: leanInput(input), output: outlineOutput(output) };
  listed.set(tool, schemas);
  return schemas;
}

/** The whole JSON Schemas of a tool: all that its arguments are checked by, and every field of its output. */
export function wholeSchemasOf(tool: AnyTool): ToolSchemas {
  const { $schema: dialect, ...own } = z.toJSONSchema(tool.params, { io: 'input' });
  // MCP takes 2020-12 for granted, so a schema names its dialect only where its author did.
  const input = tool.params.meta()?.$schema === undefined ? own : { $schema: dialect, ...own };
  const { $schema: _out, ...output } = z.toJSONSchema(tool.output, { io: 'output' });
  return { input, output: { ...output, ...cuttable(tool, output.properties), type: 'object' as const } };
}

/** The pipeline says what it cut in two fields, so that every tool with a list has them, whether its author thought of it or not. */
function cuttable(tool: AnyTool, properties: Readonly<Record<string, unknown>> | undefined) {
  if (tool.list === undefined) return {};
  return {
    // The author's own words for them win.
    properties: { ...properties, ...CUT, ...properties },
  };
}

const CUT = { truncated: { type: 'boolean' }, hint: { type: 'string' } };

/** The entry of `tools/list` for a tool whose calls may name these targets. */
export function listTool(tool: AnyTool, targets: readonly string[]): ListedTool {
  const { input, output } = listedSchemasOf(tool);
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: tool.reach === 'stack' ? { ...input, type: 'object' } : withTarget(input, targets),
    outputSchema: output,
    annotations: annotationsOf(tool),
  };
}

function annotationsOf(tool: AnyTool): ListedTool['annotations'] {
  const onlyReads = tool.access === 'read' && tool.relays === undefined;
  if (onlyReads) return { readOnlyHint: true, openWorldHint: false };
  const isDestructive = tool.access === 'read' || tool.effect.kind !== 'create';
  return { readOnlyHint: false, destructiveHint: isDestructive, openWorldHint: false };
}

function withTarget(
  input: Readonly<Record<string, unknown>>,
  targets: readonly string[],
): ListedTool['inputSchema'] {
  const properties = (input.properties ?? {}) as Record<string, unknown>;
  const required = (input.required ?? []) as string[];
  const target =
    targets.length > ENUM_LIMIT
      ? {
          type: 'string',
          description: `One of ${targets.length} linked targets; stack_components lists them.`,
        }
      : { type: 'string', enum: targets, ...(targets.length === 1 ? { default: targets[0] } : {}) };
  return {
    ...input,
    type: 'object',
    properties: { target, ...properties },
    required: targets.length === 1 ? required : ['target', ...required],
  };
}
