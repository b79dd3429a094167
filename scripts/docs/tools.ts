import { SERVICES } from '../../src/services/index.ts';
import type { AnyTool, ServiceDefinition } from '../../src/toolset/define.ts';
import { everyTool } from '../../src/toolset/every-tool.ts';
import { type Field, fieldsOf, schemaOf, typeInWords } from './json-schema.ts';
import { anchor, code, table } from './markdown.ts';

const REACH = {
  sub: (service: ServiceDefinition) =>
    service.subComponents
      ? `\`component/${service.subComponents.singular.replaceAll(' ', '-')}\`${service.subComponents.required ? '' : ', or the component where it names none'}`
      : '`component`',
  component: () => '`component`',
  stack: () => 'none: it works on the stack itself',
} as const;

/** Every tool of every service, by service. */
export function allTools(): string {
  const services = [...SERVICES.values()].filter(({ tools }) => tools.length > 0);
  const index = everyTool(services).map(({ tool, service, access, title }) => [
    `[\`${tool}\`](#${anchor(tool)})`,
    SERVICES.get(service)?.title ?? service,
    access,
    title,
  ]);
  return [
    table(['tool', 'service', 'access', 'what it does'], index),
    ...services.map((service) =>
      [
        `## ${service.title}`,
        boundsOf(service),
        ...service.tools.map((tool) => toolSection(service, tool)),
      ].join('\n\n'),
    ),
  ].join('\n\n');
}

/** What one service lets one call do at most. */
export function boundsOf({ limits, concurrency, blastRadius, tools }: ServiceDefinition): string {
  const writes = tools.some(({ access }) => access === 'write')
    ? ` One write touches at most ${blastRadius}.`
    : '';
  return `Limits of a call: ${limits.rows} rows, ${limits.bytes / 1024} KiB, ${limits.deadlineMs / 1000} s. At once on one component: ${concurrency.running} calls; ${concurrency.waiting} more wait.${writes}`;
}

function toolSection(service: ServiceDefinition, tool: AnyTool): string {
  const facts = [`Access: **${tool.access}**.`, `Target: ${REACH[tool.reach](service)}.`, ...wayBack(tool)];
  return [
    `### ${tool.name}`,
    tool.description,
    facts.join(' '),
    fieldTable('parameter', parametersOf(tool)) ?? 'No parameters of its own.',
    fieldTable('output', outputsOf(tool)) ?? 'No output.',
  ].join('\n\n');
}

function wayBack(tool: AnyTool): string[] {
  if (tool.access === 'read') return [];
  const { kind, irreversible } = tool.effect;
  const effect = `Effect: ${kind}.`;
  if (irreversible !== undefined)
    return [effect, `No way back: ${irreversible}. A human approves each call.`];
  const { way, isBack, unverifiable } = tool.effect;
  return [effect, `Taking it back ${way}.`, readBackInWords(isBack !== undefined, unverifiable)];
}

function readBackInWords(isRead: boolean, unverifiable: string | undefined): string {
  if (!isRead) return `It is not read back: ${unverifiable}.`;
  return unverifiable === undefined
    ? 'It is read back afterwards.'
    : `It is read back afterwards, with an exception: ${unverifiable}.`;
}

const parametersOf = (tool: AnyTool): Field[] => fieldsOf(schemaOf(tool.params, 'input'));
const outputsOf = (tool: AnyTool): Field[] => fieldsOf(schemaOf(tool.output, 'output'));

/** A table of fields, or undefined where there are none. */
export function fieldTable(head: string, fields: readonly Field[]): string | undefined {
  if (fields.length === 0) return undefined;
  const rows = fields.map(({ path, schema, required }) => [
    code(path),
    typeInWords(schema),
    must(required, schema),
    schema.description ?? '',
  ]);
  return table([head, 'type', head === 'output' ? 'there' : 'required', 'meaning'], rows);

  function must(required: boolean, { default: fallback }: Field['schema']): string {
    if (fallback !== undefined && head !== 'output') return `no; ${code(JSON.stringify(fallback))}`;
    return head === 'output' ? (required ? 'always' : 'sometimes') : required ? 'yes' : 'no';
  }
}
