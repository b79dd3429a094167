import type { Change, Effect, JsonValue, Target, WriteContext, WriteScope } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import type { Bytes } from './bytes.ts';
import { printable } from './bytes.ts';
import { ABSENT, After, Before, type KeyAfter, type KeyImage } from './image.ts';
import type { PrefixEntry } from './prefix.ts';
import { keyIn, type ScopedKey } from './scoped-key.ts';
import type { RedisTypes } from './tool.ts';
import type { WriteStep } from './writer.ts';

type Context = WriteContext<RedisTypes>;

/** Clocks differ by little where the server cannot tell an expiry exactly. */
const EXPIRY_TOLERANCE_MS = 1_000;

/** The explicit names of what a write touches. Throws ToolError('not_linked') for a key outside the target. */
export function scopeOf(target: Target<PrefixEntry>, names: readonly Bytes[]): WriteScope {
  const keys = distinct(names.map((name) => keyIn(target, name)));
  return { resources: keys.map((key) => `${target.name}:${printable(key.name)}`), atMost: keys.length };
}

/** The keys that a call names, each once. */
export const distinct = (keys: readonly ScopedKey[]): ScopedKey[] => [
  ...new Map(keys.map((key) => [key.bytes.toString('latin1'), key])).values(),
];

/** The way back that all writes of Redis share: DUMP before, RESTORE or DEL after. */
export const wayBack = <P>(
  kind: 'update' | 'destroy',
  keysOf: (args: P) => readonly Bytes[],
): Effect<RedisTypes, P> => ({
  kind,
  way: 'puts the keys back as they were, with their ends, in one transaction',
  async capture({ client, target, signal }: Context, args: P): Promise<JsonValue> {
    const keys = distinct(keysOf(args).map((name) => keyIn(target, name)));
    return { keys: (await client.watch(keys, signal)).map(({ image }) => image) };
  },
  revert: putBack,
  isBack: areKeysBack,
});

/** What `recordAfter` takes. */
export const afterOf = (keys: readonly KeyAfter[]): JsonValue => ({ keys });

async function putBack<P>(context: Context, change: Change<P>): Promise<void> {
  const { client, target, signal } = context;
  const before = Before.parse(change.before).keys;
  // Nothing recorded means that the write did not begin; then the keys must be as they were before it.
  const left = change.after === null ? before : After.parse(change.after).keys;
  const keys = before.map((image) => keyIn(target, image.key));
  const found = await client.watch(keys, signal);
  const now = await client.now(signal);
  const steps: WriteStep[] = [];
  for (const [i, { key, image }] of found.entries()) {
    const was = before[i];
    const expected = left[i];
    if (!was || !expected || !isAsLeft(image, expected, now))
      throw new ToolError('conflict', `somebody changed ${key} since the write; it stays as it is`);
    const step = stepBack(key, was, image, now);
    if (step) steps.push(step);
  }
  await client.commit(steps, signal);
}

/** Whether every key is as it was, or would have ended by now. */
async function areKeysBack<P>({ client, target, signal }: Context, change: Change<P>): Promise<boolean> {
  const before = Before.parse(change.before).keys;
  const found = await client.watch(
    before.map((image) => keyIn(target, image.key)),
    signal,
  );
  const now = await client.now(signal);
  return found.every(({ image }, at) => {
    const was = before[at];
    return was !== undefined && isAsLeft(image, was, now);
  });
}

/** A key that ended by its time to live is as the write left it. */
function isAsLeft(found: KeyImage, expected: KeyAfter, now: number): boolean {
  const isOver = expected.expires_at !== null && expected.expires_at <= now;
  if (found.fingerprint === ABSENT && isOver) return true;
  return found.fingerprint === expected.fingerprint && isSameEnd(found.expires_at, expected.expires_at);
}

const isSameEnd = (a: number | null, b: number | null): boolean =>
  a === null || b === null ? a === b : Math.abs(a - b) <= EXPIRY_TOLERANCE_MS;

function stepBack(key: ScopedKey, was: KeyImage, found: KeyImage, now: number): WriteStep | undefined {
  const isOver = was.expires_at !== null && was.expires_at <= now;
  if (was.dump === null || isOver) return found.fingerprint === ABSENT ? undefined : { kind: 'delete', key };
  return { kind: 'restore', key, dump: Buffer.from(was.dump, 'base64'), expiresAt: was.expires_at };
}
