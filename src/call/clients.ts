import canonicalize from 'canonicalize';
import type { CatalogTarget } from '../toolset/catalog.ts';
import type { Connector, Endpoint, Limits, Opened, Rehearsal, ServiceDefinition } from '../toolset/define.ts';
import { ToolError } from '../toolset/errors.ts';
import type { WriteGrant } from '../toolset/grant.ts';
import type { Component, Graph } from '../topology/graph.ts';

/** Clients of the linked services: readers shared between calls, writers one a call. */
export interface Clients {
  /** The reader that is open already; undefined while one has to be opened or waited for. */
  opened(at: CatalogTarget): object | undefined;
  reader(service: ServiceDefinition, at: CatalogTarget): Promise<object>;
  writer(service: ServiceDefinition, at: CatalogTarget, grant: WriteGrant): Promise<Opened<object>>;
  /** A session on which nothing lasts; undefined where the service has none. */
  rehearsal(
    service: ServiceDefinition,
    at: CatalogTarget,
    grant: WriteGrant,
  ): Promise<Rehearsal<object> | undefined>;
  /** Lets go of a reader whose credentials were refused, so that the next call reads them anew. */
  drop(at: CatalogTarget): void;
  /** Lets go of every reader whose component the new topology no longer has as it was. */
  keepOnly(graph: Graph): void;
  /** Closes every reader at once, those included that were let go; nothing is opened any more. */
  close(): Promise<void>;
}

export interface ClientDeps {
  /** Resolves a component's connection; credentials come back as `Secret`s that the mask knows already. */
  resolve(
    connection: Readonly<Record<string, unknown>>,
    component: string,
  ): Promise<Readonly<Record<string, unknown>>>;
  warn(component: string, message: string): void;
}

/** A reader that was let go may still serve calls that began before; it is closed this long after. */
const GRACE_MS = 60_000;

interface Reader {
  readonly opened: Promise<Opened<object>>;
  /** What `opened` resolved with. */
  client?: object;
  readonly component: string;
  readonly sub: string | undefined;
  /** Names of the components that its connection names, by field. */
  readonly references: ReadonlyMap<string, string>;
  readonly fingerprint: string;
}

export function openClients(deps: ClientDeps): Clients {
  const readers = new Map<string, Reader>();
  const leaving = new Set<Reader>();
  let isClosed = false;

  const endpoint = async (at: CatalogTarget, limits: Limits): Promise<Endpoint> => ({
    component: at.component.name,
    ...(at.target.sub === undefined ? {} : { sub: at.target.sub }),
    entry: at.component.subs.get(at.target.sub ?? '') ?? {},
    connection: await deps.resolve(at.component.connection, at.component.name),
    ...(at.references ? { references: await resolveReferences(at.references) } : {}),
    limits,
    warn: (message) => deps.warn(at.component.name, message),
  });
  const resolveReferences = async (references: ReadonlyMap<string, Component>) => {
    const named = [...references].map(async ([field, { name, connection }]) => {
      return [field, { component: name, connection: await deps.resolve(connection, name) }] as const;
    });
    return Object.fromEntries(await Promise.all(named));
  };
  const connectorOf = async (service: ServiceDefinition) => {
    if (isClosed) throw new ToolError('cancelled', 'the server is closing, so nothing is opened any more');
    if (!service.connect)
      throw new ToolError('internal', `${service.type} has tools but nothing to connect with`);
    const connector: Connector<{ Reader: object; Writer: object; Entry: never }, unknown> =
      await service.connect();
    return connector;
  };
  const finish = async (reader: Reader) => {
    leaving.delete(reader);
    await reader.opened.then((opened) => opened.close()).catch(() => warnUnclosed(reader));
  };
  // A failed opening has nothing to close, and its caller heard why.
  const warnUnclosed = ({ opened, component }: Reader) =>
    opened.then(
      () => deps.warn(component, 'a connection could not be closed in order'),
      () => undefined,
    );
  const release = (key: string) => {
    const reader = readers.get(key);
    if (!reader) return;
    readers.delete(key);
    leaving.add(reader);
    setTimeout(() => leaving.has(reader) && finish(reader), GRACE_MS).unref();
  };

  return {
    opened: (at) => readers.get(keyOf(at))?.client,
    async reader(service, at) {
      const key = keyOf(at);
      const known = readers.get(key);
      if (known) return (await known.opened).client;
      const opened = connectorOf(service).then(async (connector) =>
        connector.openReader(await endpoint(at, service.limits)),
      );
      const reader: Reader = {
        opened,
        component: at.component.name,
        sub: at.target.sub,
        references: new Map([...(at.references ?? [])].map(([field, { name }]) => [field, name])),
        fingerprint: fingerprintOf(at.component, at.target.sub, at.references),
      };
      readers.set(key, reader);
      // A failed opening is not kept: the next call tries afresh.
      opened.catch(() => {
        if (readers.get(key)?.opened === opened) readers.delete(key);
      });
      reader.client = (await opened).client;
      return reader.client;
    },
    async writer(service, at, grant) {
      if (grant.isTrial) throw new TypeError('a grant for a trial opens no writing session');
      return (await connectorOf(service)).openWriter(await endpoint(at, service.limits), grant);
    },
    rehearsal: async (service, at, grant) =>
      (await connectorOf(service)).openRehearsal?.(await endpoint(at, service.limits), grant),
    drop: (at) => release(keyOf(at)),
    keepOnly(graph) {
      for (const [key, { component: name, sub, references, fingerprint }] of readers) {
        const component = graph.components.get(name);
        const named = [...references].flatMap(([field, other]) => {
          const found = graph.components.get(other);
          return found ? [[field, found] as const] : [];
        });
        if (!component || fingerprintOf(component, sub, new Map(named)) !== fingerprint) release(key);
      }
    },
    async close() {
      isClosed = true;
      const open = [...readers.values(), ...leaving];
      readers.clear();
      await Promise.all(open.map(finish));
    },
  };
}

/** Holds what the client was opened with, so that a call that began under an older topology never lends its client to a newer one. */
function keyOf(at: CatalogTarget): string {
  const known = keys.get(at);
  if (known !== undefined) return known;
  const { component, target, references } = at;
  const key = JSON.stringify([
    component.name,
    target.sub ?? null,
    fingerprintOf(component, target.sub, references),
  ]);
  keys.set(at, key);
  return key;
}

/** A target of a catalog never changes: another topology has another one. */
const keys = new WeakMap<CatalogTarget, string>();

const fingerprints = new WeakMap<Component, Map<string | undefined, string>>();

/** Changes when anything that a client was opened with does, in its own component or one that it names. */
function fingerprintOf(
  component: Component,
  sub: string | undefined,
  references: ReadonlyMap<string, Component> = new Map(),
): string {
  const named = [...references].map(([field, other]) => [
    field,
    other.name,
    ownFingerprint(other, undefined),
  ]);
  const own = ownFingerprint(component, sub);
  return named.length === 0 ? own : JSON.stringify([own, named]);
}

/** References to credentials hold no values, so this holds none either. */
function ownFingerprint(component: Component, sub: string | undefined): string {
  const known = fingerprints.get(component) ?? new Map<string | undefined, string>();
  fingerprints.set(component, known);
  const found = known.get(sub);
  if (found !== undefined) return found;
  const entry = component.subs.get(sub ?? '') ?? null;
  const made = canonicalize({ type: component.type, connection: component.connection, entry }) ?? '';
  known.set(sub, made);
  return made;
}
