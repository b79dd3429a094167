import type { GetPromptResult, Prompt } from '@modelcontextprotocol/server';
import { neutralise } from '../call/neutralise.ts';
import type { Stackward } from '../stackward.ts';
import type { Graph } from '../topology/graph.ts';
import { diagnoseComponent } from './prompts/diagnose-component.ts';
import { explainStack } from './prompts/explain-stack.ts';
import { incidentResponse } from './prompts/incident-response.ts';
import { type PromptTemplate, wrong } from './prompts/template.ts';
import { traceDataFlow } from './prompts/trace-data-flow.ts';

const TEMPLATES: readonly PromptTemplate[] = [
  diagnoseComponent,
  explainStack,
  incidentResponse,
  traceDataFlow,
];

/** What `prompts/list` answers; the same for every principal and topology. */
export const listPrompts = (): Prompt[] =>
  TEMPLATES.map(({ name, title, description, arguments: needed }) => ({
    name,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    arguments: needed,
  }));

/**
 * Writes one prompt for a principal from the topology of this moment, and records that.
 * Throws ProtocolError (invalid params) for an unknown prompt, a missing argument or a name that is not there.
 */
export async function getPrompt(
  stackward: Stackward,
  principal: string,
  name: string,
  given: Readonly<Record<string, string>>,
): Promise<GetPromptResult> {
  const template = TEMPLATES.find((one) => one.name === name);
  await stackward.recordEvent('prompt_read', principal, {
    prompt: name.slice(0, 128),
    found: template !== undefined,
  });
  if (!template)
    throw wrong(`there is no prompt '${name}'; there are: ${TEMPLATES.map((one) => one.name).join(', ')}`);
  const missing = template.arguments.find((one) => one.required && !given[one.name]?.trim());
  if (missing) throw wrong(`the prompt ${name} needs '${missing.name}': ${missing.description}`);
  const text = neutralise(stackward.mask.text(template.write(stackward.catalogs.of(principal), given)));
  return {
    ...(template.description === undefined ? {} : { description: template.description }),
    messages: [{ role: 'user', content: { type: 'text', text } }],
  };
}

/** Names of components that begin as an argument does, for clients that complete it. */
export function completePrompt(
  graph: Graph,
  name: string,
  argument: { name: string; value: string },
): string[] {
  const template = TEMPLATES.find((one) => one.name === name);
  const isComponent =
    template?.arguments.some((one) => one.name === argument.name) && argument.name !== 'summary';
  return isComponent
    ? [...graph.components.keys()].filter((one) => one.startsWith(argument.value)).slice(0, 100)
    : [];
}
