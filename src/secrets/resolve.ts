import { ZodError } from 'zod';
import { ToolError } from '../toolset/errors.ts';
import type { Mask } from './mask.ts';
import { SecretRef, SettingRef } from './reference.ts';
import type { SecretSources } from './sources.ts';

export interface ResolveDeps {
  readonly sources: SecretSources;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly mask: Pick<Mask, 'register'>;
  /** Name of the component that the connection belongs to. */
  readonly owner: string;
  readonly signal?: AbortSignal;
}

/** User names appear in ordinary results (`postgres`, `app`) and open nothing alone, so they are not masked. */
const NOT_CREDENTIALS: ReadonlySet<string> = new Set(['user', 'username']);

/**
 * Replaces every reference of a connection: a `SecretRef` by a `Secret` named after its field and already
 * known to the mask, a `SettingRef` by its literal or the parsed text of its variable.
 *
 * @throws ToolError('secret_unavailable') or ToolError('setting_unavailable') naming component, field and source.
 */
export async function resolveConnection(
  connection: Readonly<Record<string, unknown>>,
  deps: ResolveDeps,
): Promise<Record<string, unknown>> {
  return resolveFields(connection, [], deps);
}

async function resolveFields(fields: object, path: readonly string[], deps: ResolveDeps) {
  const entries = Object.entries(fields).map(
    async ([name, value]) => [name, await resolveValue(value, [...path, name], deps)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function resolveValue(value: unknown, path: readonly string[], deps: ResolveDeps): Promise<unknown> {
  if (value instanceof SecretRef) return resolveSecret(value, path, deps);
  if (value instanceof SettingRef) return resolveSetting(value, path, deps);
  if (Array.isArray(value)) return Promise.all(value.map((item) => resolveValue(item, path, deps)));
  if (isPlainObject(value)) return resolveFields(value, path, deps);
  return value;
}

async function resolveSecret(ref: SecretRef, path: readonly string[], deps: ResolveDeps) {
  const label = path.at(-1) ?? 'secret';
  try {
    const secret = await deps.sources.read(ref.source, label, deps.signal);
    if (!NOT_CREDENTIALS.has(label)) deps.mask.register(secret, deps.owner);
    return secret;
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    throw new ToolError(error.code, `${place(deps.owner, path)}: ${error.detail}`, { cause: error.cause });
  }
}

function resolveSetting(ref: SettingRef<unknown>, path: readonly string[], deps: ResolveDeps): unknown {
  if ('literal' in ref.given) return ref.given.literal;
  const name = ref.given.env;
  const text = deps.env[name];
  const problem = (what: string) =>
    new ToolError(
      'setting_unavailable',
      `${place(deps.owner, path)}: the environment variable ${name} ${what}`,
    );
  if (text === undefined || text === '') throw problem(text === '' ? 'is empty' : 'is not set');
  try {
    return ref.parse(text);
  } catch (error) {
    // Only the schema's own words: anything else could repeat what the variable holds.
    const reasons = error instanceof ZodError ? error.issues.map((issue) => issue.message).join('; ') : '';
    throw problem(`does not fit${reasons && `: ${reasons}`}`);
  }
}

const place = (owner: string, path: readonly string[]) => `${owner}.${path.join('.')}`;

const isPlainObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
