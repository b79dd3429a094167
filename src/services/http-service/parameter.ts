import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import { FORBIDDEN } from '../../topology/words.ts';
import { readPattern } from './pattern.ts';

/** Characters of a text parameter that declares no length of its own. */
const DEFAULT_LENGTH = 256;
/** A path or query longer than this would not be taken by most servers. */
const MAX_IN_URL = 1024;

/** What the topology says about one parameter of an endpoint. */
export const Parameter = z.strictObject({
  in: z.enum(['path', 'query', 'body']),
  type: z.enum(['string', 'integer', 'number', 'boolean']).default('string'),
  enum: z.array(z.string().min(1).max(200)).min(1).max(100).optional().describe('The only texts it may be'),
  max_length: z.number().int().min(1).max(65_536).optional().describe('Characters of a text; 256 if absent'),
  pattern: z
    .string()
    .refine(
      (source) => readPattern(source) !== undefined,
      'groups, look-around and references back are not understood here',
    )
    .optional()
    .describe('Characters, classes, counts and | alone, for the whole text: ORD-[0-9]{1,10}'),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  required: z
    .boolean()
    .optional()
    .describe('Parameters of the path are always required; others if it says so'),
  description: z.string().min(1).max(300).optional(),
});
export type Parameter = z.output<typeof Parameter>;

export type ParameterValue = string | number | boolean;

/** Whether a call has to give the parameter. */
export const isRequired = ({ in: place, required }: Parameter): boolean =>
  place === 'path' || required === true;

/** What is wrong within a declaration, in words. */
export function parameterFaults(parameter: Parameter): string[] {
  const { in: place, type, enum: choices, max_length, pattern, minimum, maximum, required } = parameter;
  const faults: string[] = [];
  const isText = type === 'string';
  if (!isText && (choices || max_length !== undefined || pattern !== undefined))
    faults.push(`enum, max_length and pattern are for type: string, and this is a ${type}`);
  if (type !== 'integer' && type !== 'number' && (minimum !== undefined || maximum !== undefined))
    faults.push(`minimum and maximum are for numbers, and this is a ${type}`);
  if (minimum !== undefined && maximum !== undefined && minimum > maximum)
    faults.push('minimum is over maximum, so that nothing fits');
  if (place === 'path' && required === false) faults.push('a parameter of the path is always required');
  if (place !== 'body' && (max_length ?? 0) > MAX_IN_URL)
    faults.push(`max_length is at most ${MAX_IN_URL} in a path or query`);
  return faults;
}

/**
 * Checks the given parameters against their declarations: nothing undeclared, nothing missing, no value of another
 * type. Values are returned as given.
 * @throws ToolError('invalid_arguments') that says all that is wrong and what would be accepted
 */
export function checkParameters(
  declared: Readonly<Record<string, Parameter>>,
  given: Readonly<Record<string, ParameterValue>>,
): ReadonlyMap<string, ParameterValue> {
  const wrong: string[] = [];
  for (const name of Object.keys(given))
    if (!Object.hasOwn(declared, name))
      wrong.push(
        `${JSON.stringify(name)} is no parameter of the endpoint, which has ${Object.keys(declared).join(', ') || 'none'}`,
      );
  const values = new Map<string, ParameterValue>();
  for (const [name, parameter] of Object.entries(declared)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    const problem = value === undefined ? missing(parameter) : problemOf(parameter, value);
    if (problem !== undefined) wrong.push(`${name} ${problem}`);
    else if (value !== undefined) values.set(name, value);
  }
  if (wrong.length > 0) throw new ToolError('invalid_arguments', wrong.join('; '));
  return values;
}

const missing = (parameter: Parameter): string | undefined =>
  isRequired(parameter) ? `is required: ${describeParameter(parameter)}` : undefined;

function problemOf(parameter: Parameter, value: ParameterValue): string | undefined {
  const { type, minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = parameter;
  const expected = `must be ${describeParameter(parameter)}`;
  if (type === 'string') return typeof value === 'string' ? textProblem(parameter, value) : expected;
  if (type === 'boolean') return typeof value === 'boolean' ? undefined : expected;
  if (typeof value !== 'number' || !Number.isFinite(value)) return expected;
  if (type === 'integer' && !Number.isSafeInteger(value)) return expected;
  return value >= minimum && value <= maximum ? undefined : expected;
}

/** Line ends and tabs are ordinary in a body; anywhere else they could end a line of somebody's protocol or log. */
const NOT_IN_BODY = /[\p{Cs}]|(?![\t\n\r])\p{Cc}/u;

function textProblem(parameter: Parameter, text: string): string | undefined {
  const { in: place, enum: choices, max_length = DEFAULT_LENGTH, pattern } = parameter;
  if (text.length > max_length) return `is over ${max_length} characters long`;
  if ((place === 'body' ? NOT_IN_BODY : FORBIDDEN).test(text))
    return 'holds a control, invisible or lone surrogate character';
  if (choices && !choices.includes(text)) return `must be ${describeParameter(parameter)}`;
  if (pattern !== undefined && !readPattern(pattern)?.matches(text)) return `must match ${pattern}`;
  return undefined;
}

/** What a parameter takes, in words: `an integer from 1 to 100`. */
export function describeParameter({
  type,
  enum: choices,
  max_length = DEFAULT_LENGTH,
  pattern,
  minimum,
  maximum,
}: Parameter): string {
  if (choices) return `one of ${choices.join(', ')}`;
  if (type === 'boolean') return 'true or false';
  if (type === 'string')
    return `text of at most ${max_length} characters${pattern === undefined ? '' : ` that matches ${pattern}`}`;
  const from = minimum === undefined ? '' : ` from ${minimum}`;
  const to = maximum === undefined ? '' : ` up to ${maximum}`;
  return `${type === 'integer' ? 'a whole number' : 'a number'}${from}${to}`;
}
