import { z } from 'zod';
import type { Change, JsonValue, Target, WriteContext } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { jsonOf, wordsOf } from './body.ts';
import type { HttpEndpoint, Source, WayBack } from './endpoint.ts';
import { namedEndpoint } from './endpoints.ts';
import type { Exchanged } from './exchange.ts';
import { assertWritten } from './failure.ts';
import type { Parameter, ParameterValue } from './parameter.ts';
import { requestOf, type Values } from './request.ts';
import type { HttpTypes, Params } from './tool.ts';

/** Values that the way back takes from JSON, by their pointers. */
const Picked = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
type Picked = z.output<typeof Picked>;

const Before = z.strictObject({ state: Picked.nullable() });
/** `state` is null where the endpoint declares no `before`, or where it could not be read after the write. */
const After = z.strictObject({ response: Picked, state: Picked.nullable() });

type Context = WriteContext<HttpTypes>;

/** Reads what the way back will put back. Throws ToolError, and then nothing was written. */
export async function capture(context: Context, { params }: Params): Promise<JsonValue> {
  const { target, stack } = context;
  const way = wayOf(target);
  // Looked up now: a write whose way back leads nowhere must not begin.
  const endpoint = namedEndpoint(stack.graph, target.component, way.endpoint);
  const state = await stateOf(context, way, params);
  if (pointersOf(way, 'response').length > 0) return { state };
  const values = tryRequest(endpoint, way, { params, response: {}, before: state ?? {} });
  if (values) return { state };
  throw new ToolError(
    'conflict',
    `${way.endpoint} would not take the present state back; nothing was written`,
  );
}

/** What the way back will need of the answer to a write, and of the state that the write left. */
export async function afterWrite(context: Context, { params }: Params, answer: Exchanged) {
  const { target, stack } = context;
  const way = wayOf(target);
  const response = pick(jsonOf(answer), pointersOf(way, 'response'));
  // The write is done, so a state that cannot be read is a gap of the record and no failure of the call.
  const state = await stateOf(context, way, params).catch((error: unknown) => {
    if (error instanceof ToolError) return null;
    throw error;
  });
  const endpoint = namedEndpoint(stack.graph, target.component, way.endpoint);
  const values = tryRequest(endpoint, way, { params, response, before: state ?? {} });
  return { after: { response, state }, known: values !== undefined };
}

/** The values for the way back, or undefined where it would not take them. */
function tryRequest(endpoint: HttpEndpoint, { params }: WayBack, from: Sources): Values | undefined {
  try {
    const values = valuesOf(endpoint, params, from);
    requestOf(endpoint, values);
    return values;
  } catch (error) {
    if (error instanceof ToolError) return undefined;
    throw error;
  }
}

/** Calls the declared way back. Throws ToolError('conflict') when the state is not the one that the write left. */
export async function revert(context: Context, change: Change<Params>): Promise<void> {
  const { client, target, signal, limits, stack } = context;
  const way = wayOf(target);
  const { state: was } = Before.parse(change.before);
  const left = change.after === null ? null : After.parse(change.after);
  if (way.before) {
    const now = await stateOf(context, way, change.args.params);
    if (now && was && isSame(now, was)) return;
    if (!left?.state || !now || !isSame(now, left.state))
      throw conflict('it is not as the write left it, or that was not recorded');
  }
  if (!left)
    throw conflict('the answer to the write was not recorded, so the way back does not know what to name');
  const endpoint = namedEndpoint(stack.graph, target.component, way.endpoint);
  const from = { params: change.args.params, response: left.response, before: was ?? {} };
  const values = tryRequest(endpoint, way, from);
  if (!values) throw conflict(`${way.endpoint} does not take what was recorded`);
  const answer = await client.write(endpoint, values, { bytes: limits.bytes, signal });
  if ([404, 409, 410, 412].includes(answer.status))
    throw conflict(`the service answered the way back with status ${answer.status}`);
  assertWritten(answer.status, wordsOf(answer));
}

/** Whether the state that the topology says how to read is what it was. Throws ToolError where it says nothing. */
export async function isBack(context: Context, { args, before }: Change<Params>): Promise<boolean> {
  const now = await stateOf(context, wayOf(context.target), args.params);
  const { state: was } = Before.parse(before);
  if (now && was) return isSame(now, was);
  throw conflict('the way back declares no before, so whether it is back cannot be read');
}

const conflict = (why: string) => new ToolError('conflict', `the write was not taken back: ${why}`);

function wayOf({ name, scope }: Target<HttpEndpoint>): WayBack {
  if (scope.way_back) return scope.way_back;
  throw new ToolError('write_refused', `the topology declares no way back for ${name}`);
}

/** The values that the `before` endpoint shows now; null where none is declared. */
async function stateOf(
  { client, target, signal, limits, stack }: Context,
  { before, ...way }: WayBack,
  params: Values,
): Promise<Picked | null> {
  if (!before) return null;
  const endpoint = namedEndpoint(stack.graph, target.component, before.endpoint);
  const values = valuesOf(endpoint, before.params, { params, response: {}, before: {} });
  const answer = await client.read(endpoint, values, { bytes: limits.bytes, signal });
  const wanted = pointersOf({ before, ...way }, 'before');
  const state = answer.status >= 200 && answer.status < 300 ? pick(jsonOf(answer), wanted) : {};
  const absent = wanted.filter((pointer) => !Object.hasOwn(state, pointer));
  if (absent.length === 0 && answer.status < 300) return state;
  throw new ToolError(
    'conflict',
    `${before.endpoint} does not show what the way back needs (status ${answer.status}${absent.length > 0 ? `, no ${absent.join(', ')}` : ''})`,
  );
}

const pointersOf = (way: WayBack, kind: 'response' | 'before'): string[] =>
  Object.values(way.params).flatMap((source) => {
    const pointer =
      kind === 'response' ? 'response' in source && source.response : 'before' in source && source.before;
    return typeof pointer === 'string' ? [pointer] : [];
  });

interface Sources {
  readonly params: Values;
  readonly response: Picked;
  readonly before: Picked;
}

/** Fills a mapping. A parameter that the write was not given is left out; the endpoint says if it needs it. */
function valuesOf(endpoint: HttpEndpoint, mapping: Readonly<Record<string, Source>>, from: Sources): Values {
  const values = Object.entries(mapping).flatMap(([name, source]) => {
    const value = takenFrom(source, from);
    if (value === undefined && !('param' in source)) throw conflict(`the value for ${name} is not known`);
    return value === undefined ? [] : [[name, asDeclared(endpoint.params[name], value)] as const];
  });
  return Object.fromEntries(values);
}

/** Services answer with 8 what a path takes as text, and with "8" what a body takes as a number. */
function asDeclared(parameter: Parameter | undefined, value: ParameterValue): ParameterValue {
  if (parameter?.type === 'string') return `${value}`;
  const isNumber = parameter?.type === 'integer' || parameter?.type === 'number';
  return isNumber && typeof value === 'string' && /^-?\d{1,15}(\.\d{1,15})?$/.test(value)
    ? Number(value)
    : value;
}

function takenFrom(source: Source, { params, response, before }: Sources): ParameterValue | undefined {
  if ('value' in source) return source.value;
  if ('param' in source) return own(params, source.param);
  return 'response' in source ? own(response, source.response) : own(before, source.before);
}

const own = (values: Values, name: string): ParameterValue | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;

/** The plain values at JSON pointers (RFC 6901), by pointer; what is not there, or no plain value, is left out. */
function pick(json: unknown, pointers: readonly string[]): Picked {
  return Object.fromEntries(
    pointers.flatMap((pointer) => {
      const value = at(json, pointer);
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? [[pointer, value] as const]
        : [];
    }),
  );
}

function at(json: unknown, pointer: string): unknown {
  let here = json;
  for (const step of pointer.split('/').slice(1)) {
    if (typeof here !== 'object' || here === null) return undefined;
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    here = Object.getOwnPropertyDescriptor(here, name)?.value;
  }
  return here;
}

const isSame = (a: Picked, b: Picked): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([key, value]) => b[key] === value);
