import canonicalize from 'canonicalize';
import type { CatalogTarget } from '../toolset/catalog.ts';
import type { Connector, Endpoint, Limits, Opened, ServiceDefinition } from '../toolset/define.ts';
import { ToolError } from '../toolset/errors.ts';
import type { WriteGrant } from '../toolset/grant.ts';
import type { Graph } from '../topology/graph.ts';

/** Clients of the linked services: readers shared between calls, writers one a call. */
export interface Clients {
  reader(service: ServiceDefinition, at: CatalogTarget): Promise<object>;
  writer(service: ServiceDefinition, at: CatalogTarget, grant: WriteGrant): Promise<Opened<object>>;
  /** Lets go of a reader whose credentials were refused, so that the next call reads them anew. */
  drop(at: CatalogTarget): void;
  /** Lets go of every reader whose component the new topology no longer has as it was. */
  keepOnly(graph: Graph): void;
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

/** A closed reader may still serve calls that began before; it is closed this long after it was let go. */
const GRACE_MS = 60_000;

export function openClients(deps: ClientDeps): Clients {
  const readers = new Map<string, { opened: Promise<Opened<object>>; fingerprint: string }>();
  const leaving = new Set<Promise<unknown>>();

  const endpoint = async (at: CatalogTarget, limits: Limits): Promise<Endpoint> => ({
    component: at.component.name,
    ...(at.target.sub === undefined ? {} : { sub: at.target.sub }),
    entry: at.component.subs.get(at.target.sub ?? '') ?? {},
    connection: await deps.resolve(at.component.connection, at.component.name),
    limits,
    warn: (message) => deps.warn(at.component.name, message),
  });

  const release = (key: string, afterMs: number) => {
    const known = readers.get(key);
    if (!known) return;
    readers.delete(key);
    const closing = known.opened.then(
      (opened) => after(afterMs, () => opened.close()),
      () => undefined,
    );
    leaving.add(closing);
    closing.finally(() => leaving.delete(closing));
  };

  return {
    async reader(service, at) {
      const key = keyOf(at);
      const known = readers.get(key);
      if (known) return (await known.opened).client;
      const opened = (async () =>
        (await connectorOf(service)).openReader(await endpoint(at, service.limits)))();
      readers.set(key, { opened, fingerprint: fingerprintOf(at) });
      // A failed opening is not kept: the next call tries afresh.
      opened.catch(() => {
        if (readers.get(key)?.opened === opened) readers.delete(key);
      });
      return (await opened).client;
    },
    writer: async (service, at, grant) =>
      (await connectorOf(service)).openWriter(await endpoint(at, service.limits), grant),
    drop: (at) => release(keyOf(at), 0),
    keepOnly(graph) {
      for (const [key, { fingerprint }] of readers) {
        const [name, sub] = JSON.parse(key) as [string, string | null];
        const component = graph.components.get(name);
        const same =
          component && fingerprintOf({ component, target: { sub: sub ?? undefined } }) === fingerprint;
        if (!same) release(key, GRACE_MS);
      }
    },
    async close() {
      await Promise.allSettled([...readers.values()].map(async ({ opened }) => (await opened).close()));
      readers.clear();
    },
  };
}

async function connectorOf(
  service: ServiceDefinition,
): Promise<Connector<{ Reader: object; Writer: object; Entry: never }, unknown>> {
  if (!service.connect)
    throw new ToolError('internal', `${service.type} has tools but nothing to connect with`);
  return service.connect();
}

const keyOf = (at: CatalogTarget) => JSON.stringify([at.component.name, at.target.sub ?? null]);

/** Changes when anything that a client was opened with does. References hold no values, so this holds none either. */
const fingerprintOf = (at: {
  component: CatalogTarget['component'];
  target: { sub?: string | undefined };
}): string =>
  canonicalize({
    connection: at.component.connection,
    entry: at.component.subs.get(at.target.sub ?? '') ?? null,
  }) ?? '';

const after = (ms: number, work: () => Promise<void>): Promise<void> =>
  ms === 0 ? work() : new Promise((resolve) => setTimeout(() => resolve(work()), ms).unref());
