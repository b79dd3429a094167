import { SecretRef, type SecretSource, SettingRef } from './reference.ts';

/** A place in a connection that takes its value from outside the topology file. */
export interface Reference {
  /** Where in the connection: `credentials.password`. */
  readonly field: string;
  readonly kind: 'secret' | 'setting';
  readonly source: SecretSource;
  /** The source in words: `environment variable ORDERS_DB_USER`. */
  readonly described: string;
}

/** Names a source for people; never contacts it. */
export function describeSource(source: SecretSource): string {
  if ('env' in source) return `environment variable ${source.env}`;
  if ('file' in source) return `file ${source.file}`;
  if ('vault' in source) {
    const { mount, path, key, version } = source.vault;
    return `Vault secret ${mount}/${path}/${key}${version === undefined ? '' : ` (version ${version})`}`;
  }
  const { context, namespace, name, key } = source.kubernetes_secret;
  return `Kubernetes secret ${namespace}/${name}/${key}${context === undefined ? '' : ` (context ${context})`}`;
}

/** Every reference of a checked connection, in the order of its fields. Reads no value. */
export function listReferences(connection: Readonly<Record<string, unknown>>): readonly Reference[] {
  return [...referencesIn(connection, '')];
}

function* referencesIn(value: unknown, field: string): Generator<Reference> {
  if (value instanceof SecretRef) {
    yield { field, kind: 'secret', source: value.source, described: describeSource(value.source) };
  } else if (value instanceof SettingRef) {
    if (!('env' in value.given)) return;
    const source = { env: value.given.env };
    yield { field, kind: 'setting', source, described: describeSource(source) };
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      yield* referencesIn(inner, field === '' ? name : `${field}.${name}`);
    }
  }
}
