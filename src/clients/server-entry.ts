import { isDeepStrictEqual } from 'node:util';
import { type Client, ClientError, type Entry, type Json } from './client.ts';
import { inputPrefix, type Written } from './entry.ts';
import { appendAt, type JsonPath, type JsonText, removeAt, setAt, valueAt } from './json-edit.ts';

/** What became of a client's file. */
export interface Change {
  readonly kind: 'added' | 'changed' | 'unchanged' | 'removed' | 'absent';
  /** The whole new text. */
  readonly text: string;
  /** Other servers, which stay as they are. */
  readonly others: readonly string[];
}

/** What an entry of ours is made of. Every other key of it is somebody's own, and stays. */
const OWN_KEYS = ['type', 'command', 'args', 'url', 'serverUrl', 'headers'];

/**
 * Puts one server into a client's file, or changes the one that it has.
 * @param replace take the place of an entry of that name that starts something else
 * @throws ClientError when the text cannot be read, or the name is taken
 */
export function putServer(
  client: Client,
  json: JsonText,
  name: string,
  { entry, inputs }: Written,
  replace = false,
): Change {
  const path = [client.key, name];
  const before = valueAt(json, path);
  let next = json;
  if (before !== undefined && !startsStackward(before)) {
    if (!replace) throw taken(client, json, name);
    next = setAt(next, path, entry);
  } else if (before === undefined) next = setAt(next, path, entry);
  else next = updated(client, next, path, before, entry);
  const asked = idsOf(next);
  for (const input of inputs) if (!asked.includes(input.id)) next = appendAt(next, ['inputs'], { ...input });
  next = withoutIdleInputs(next, name);
  const kind = before === undefined ? 'added' : next.text === json.text ? 'unchanged' : 'changed';
  return checked(client, json, next, name, kind);
}

/** Takes one server out of a client's file, with the questions that it alone referred to. */
export function takeServer(client: Client, json: JsonText, name: string): Change {
  const path = [client.key, name];
  const before = valueAt(json, path);
  if (before === undefined) return checked(client, json, json, name, 'absent');
  if (!startsStackward(before)) throw taken(client, json, name);
  return checked(client, json, withoutIdleInputs(removeAt(json, path), name), name, 'removed');
}

/** Each key of ours that differs is set by itself, so that comments and keys of other people stay. */
function updated(
  client: Client,
  json: JsonText,
  path: readonly string[],
  before: { readonly [key: string]: Json },
  entry: Entry,
): JsonText {
  const { env = {}, ...own } = entry;
  let next = json;
  for (const key of OWN_KEYS) if (key in before && !(key in own)) next = removeAt(next, [...path, key]);
  for (const [key, value] of Object.entries(own)) next = setAt(next, [...path, key], value);
  const variables = isRecord(before.env) ? before.env : {};
  for (const [name, value] of Object.entries(variables))
    if (!isRecord(env) || !(name in env))
      if (isReference(client, name, value, path[1] ?? '')) next = removeAt(next, [...path, 'env', name]);
  for (const [name, value] of Object.entries(isRecord(env) ? env : {}))
    next = setAt(next, [...path, 'env', name], value);
  return next;
}

/** Whether a variable was put there by us: it refers to itself. */
const isReference = (client: Client, name: string, value: Json, server: string): boolean =>
  client.referencesIn.length > 0 &&
  value === client.reference({ name, isSecret: false, purpose: '' }, server);

/** Questions of this server that nothing in the file refers to any more. */
function withoutIdleInputs(json: JsonText, name: string): JsonText {
  let next = json;
  for (const id of idsOf(json).filter((one) => isOf(one, name)))
    if (!next.text.includes(`\${input:${id}}`)) next = removeAt(next, inputAt(next, id));
  return next;
}

const inputAt = (json: JsonText, id: Json): JsonPath => ['inputs', idsOf(json).indexOf(id)];

function idsOf(json: JsonText): readonly Json[] {
  const inputs = valueAt(json, ['inputs']);
  return Array.isArray(inputs)
    ? inputs.map((one) => (isRecord(one) && one.id !== undefined ? one.id : null))
    : [];
}

/** Whether an entry is one that Stackward wrote, or that a person wrote for it. */
function startsStackward(entry: Json): entry is { readonly [key: string]: Json } {
  if (!isRecord(entry)) return false;
  const { command, args, url, serverUrl } = entry;
  const address = url ?? serverUrl;
  if (typeof address === 'string') return /\/mcp$/.test(address) && command === undefined;
  const words = [command, ...(Array.isArray(args) ? args : [])].map(String);
  return words.includes('serve') && words.some((word) => /stackward|[\\/]dist[\\/]main\.js$/.test(word));
}

/** Nothing but this server, its questions and the objects around them may differ; else the edit is not taken. */
function checked(client: Client, from: JsonText, to: JsonText, name: string, kind: Change['kind']): Change {
  const [before, after] = [from, to].map((json) => restOf(client, json, name));
  if (!isDeepStrictEqual(before, after))
    throw new ClientError(`${from.name}: the edit would touch more than ${name}. Nothing was changed`);
  const servers = valueAt(to, [client.key]);
  const others = isRecord(servers) ? Object.keys(servers).filter((one) => one !== name) : [];
  return { kind, text: to.text, others };
}

/** All of a file but one server and the questions named after it. */
function restOf(client: Client, json: JsonText, name: string): unknown {
  const { [client.key]: servers, inputs, ...rest } = Object(valueAt(json, [])) as Record<string, Json>;
  const { [name]: _own, ...others } = isRecord(servers) ? servers : {};
  const asked = Array.isArray(inputs) ? inputs.filter((one) => !(isRecord(one) && isOf(one.id, name))) : [];
  return { rest, others, asked };
}

const isOf = (id: Json | undefined, name: string): boolean =>
  typeof id === 'string' && id.startsWith(inputPrefix(name));

const isRecord = (value: unknown): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const taken = (client: Client, json: JsonText, name: string): ClientError =>
  new ClientError(
    `${json.name}: ${client.key}.${name} starts something else than Stackward; say --name for another name, or take it out by hand. Nothing was changed`,
  );
