import { createHmac } from 'node:crypto';
import { SecretRef } from './reference.ts';
import { Secret } from './secret.ts';
import type { SecretSources } from './sources.ts';

/** Which version of each credential was read last, without its value. */
export interface Fingerprints {
  /** Notes the credentials of one component's connection, before and after they were resolved. Never throws. */
  note(
    component: string,
    connection: Readonly<Record<string, unknown>>,
    resolved: Readonly<Record<string, unknown>>,
  ): Promise<void>;
  /** `component.field` to `hmac:...`, or `vault:3` where the source counts versions itself. */
  all(): Readonly<Record<string, string>>;
}

/** @param key keys the HMAC-SHA256: the same value has the same fingerprint, and none can be guessed from it. */
export function openFingerprints(key: Buffer, sources: Pick<SecretSources, 'version'>): Fingerprints {
  const known = new Map<string, string>();
  const fingerprintOf = async (ref: SecretRef, secret: Secret): Promise<string> => {
    const version = await sources.version(ref.source).catch(() => undefined);
    if (version !== undefined) return `vault:${version}`;
    return `hmac:${createHmac('sha256', key).update(secret.expose()).digest('hex').slice(0, 16)}`;
  };
  return {
    async note(component, connection, resolved) {
      for (const [field, ref, secret] of secretsIn(connection, resolved, component))
        known.set(field, await fingerprintOf(ref, secret));
    },
    all: () => Object.fromEntries([...known].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function* secretsIn(
  before: unknown,
  after: unknown,
  field: string,
): Generator<readonly [string, SecretRef, Secret]> {
  if (before instanceof SecretRef) {
    if (after instanceof Secret) yield [field, before, after];
  } else if (isObject(before) && isObject(after)) {
    for (const [name, inner] of Object.entries(before))
      yield* secretsIn(inner, Reflect.get(after, name), `${field}.${name}`);
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
