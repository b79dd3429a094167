import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { openBreakers } from './call/breakers.ts';
import { openCatalogs } from './call/catalogs.ts';
import { openClients } from './call/clients.ts';
import type { Meter } from './call/meter.ts';
import { neutraliseJson } from './call/neutralise.ts';
import { openModel } from './call/open-model.ts';
import { openPipeline } from './call/pipeline.ts';
import { shareBreakers } from './call/shared-breakers.ts';
import { viewOf } from './call/stack-view.ts';
import { SURE_MS } from './follow/current-edit.ts';
import { firstInForce, type InForce } from './follow/first-in-force.ts';
import { followFile } from './follow/follow-file.ts';
import { followShared } from './follow/follow-shared.ts';
import { type Follower, keepTopology } from './follow/follower.ts';
import { openApprovals } from './gate/approvals.ts';
import { openDiagnoses } from './gate/diagnoses.ts';
import { openGate } from './gate/gate.ts';
import { openKillSwitch } from './gate/kill-switch.ts';
import { openAudit } from './open-audit.ts';
import { databasePassword, openKeysAndStores } from './open-stores.ts';
import { openFingerprints } from './secrets/fingerprints.ts';
import { createMask } from './secrets/mask.ts';
import { resolveConnection } from './secrets/resolve.ts';
import { Secret } from './secrets/secret.ts';
import { openSources } from './secrets/sources.ts';
import type { Stackward } from './stackward.ts';
import { openNonces } from './store/nonces.ts';
import type { JsonValue } from './toolset/define.ts';
import { explainAbsence } from './toolset/explain.ts';
import { flagsFrom } from './toolset/flags.ts';
import { STACK_PRINCIPAL } from './toolset/reach.ts';
import type { ServiceSource } from './toolset/service-source.ts';
import { openTriagePlace } from './toolset/triage-service.ts';
import type { Graph } from './topology/graph.ts';
import { readTopology } from './topology/load.ts';
import { renderProblem } from './topology/problem.ts';
import { TopologyError } from './topology/topology-error.ts';
import { openHistory } from './versions/history.ts';
import { openSharedTopology } from './versions/shared-topology.ts';
import { openVersions } from './versions/versions.ts';
import { viewFor } from './versions/view.ts';

export interface Settings {
  /** Path of the topology file. */
  readonly topology: string;
  /** Data directory; absent means `.stackward` beside the topology. */
  readonly data?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly services: ServiceSource;
  /** Follow edits of the file. */
  readonly watch: boolean;
  /** Among replicas: the file as it is now is put in force for all, where it never was. */
  readonly offersTopology?: boolean;
  readonly meter?: Meter;
  /** Bring the database's schema up to this release, where there is a database. */
  readonly migrates?: boolean;
  /** Approvals come from `stackward approve` alone, never through the caller's own client. */
  readonly operatorApproval?: boolean;
  /** Above so many tools a list is the directory that stands for them. */
  readonly toolsLimit?: number;
  /** What an operator should see; text is masked already. */
  report(level: 'info' | 'warn' | 'error', message: string): void;
}

/** Where a topology's data lies when nothing else is said. */
export const defaultDataDir = (topology: string): string => join(dirname(resolve(topology)), '.stackward');

/** Wires everything. Throws TopologyError, or an Error that says what else could not be opened. */
export async function assemble(settings: Settings): Promise<Stackward> {
  const { env, services, report } = settings;
  const own = await firstGraph(settings);

  const dataDir = resolve(settings.data ?? defaultDataDir(settings.topology));
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const flags = flagsFrom(env);
  const { stores, keys } = await openKeysAndStores(dataDir, {
    env,
    migrates: settings.migrates === true,
  });
  const maskKey = keys.of('mask');
  const mask = createMask(maskKey, {
    warn: (message) => report('warn', message),
  });
  const password = databasePassword(env);
  if (password !== undefined) mask.register(new Secret('database_password', password), 'stackward');
  const warn = (component: string, message: string) => report('warn', `${component}: ${mask.text(message)}`);
  const sources = openSources({
    env,
    cwd: dirname(resolve(settings.topology)),
    warn: (message) => report('warn', message),
  });
  const fingerprints = openFingerprints(maskKey, sources);
  const resolveOne = async (connection: Readonly<Record<string, unknown>>, owner: string) => {
    const resolved = await resolveConnection(connection, { sources, env, mask, owner });
    await fingerprints.note(owner, connection, resolved);
    return resolved;
  };

  const shared = stores.isShared
    ? openSharedTopology(stores.documents('topologies'), {
        at: `${hostname()}/${process.pid}`,
        key: keys.of('topology'),
      })
    : undefined;
  // What could not begin leaves nothing open that would keep its process alive.
  const leave = async (error: unknown) => {
    await stores.close();
    throw error;
  };
  const offers = settings.offersTopology === true;
  const began: InForce = shared
    ? await firstInForce(own, shared, { ...settings, offers }).catch(leave)
    : { graph: own, edit: 0 };
  const { graph } = began;
  const { log: audit, book: auditBook } = await openAudit(dataDir, {
    env,
    onReport: (message) => report('warn', message),
  }).catch(leave);
  const approvals = openApprovals(stores.documents('approvals'), { key: keys.of('approvals') });
  const diagnoses = openDiagnoses(stores.documents('diagnoses'), { key: keys.of('diagnoses') });
  const alone = openBreakers();
  const sharedBreakers = stores.isShared
    ? await shareBreakers(alone, stores.documents('breakers'))
    : undefined;
  const breakers = sharedBreakers ?? alone;
  const rate = stores.quota('writes', { limit: 60, windowMs: 60_000 });
  const shown = (words: unknown) => neutraliseJson(mask.json(words as JsonValue));
  const killSwitch = openKillSwitch(stores.documents('stack'));
  const gate = openGate({
    flags,
    rate,
    killSwitch,
    approvals,
    diagnoses,
    shown,
    isInForce: async (hash) => (await follower.isInForce()) && catalogs.graph().hash === hash,
    isBreakerClosed: breakers.isClosed,
  });
  const clients = openClients({ resolve: resolveOne, warn });
  const triage = openTriagePlace();
  const catalogs = openCatalogs(began.former ?? graph, services.loaded, flags, settings.toolsLimit);
  if (began.former) catalogs.swap(graph, SURE_MS);
  const changes = await openVersions({
    stores,
    moment: { topology: catalogs.graph, secrets: fingerprints.all },
  });
  const recordEvent: Stackward['recordEvent'] = (event, principal, detail) =>
    audit.append({
      kind: 'event',
      event,
      principal,
      topology: catalogs.graph().hash,
      version: changes.version(),
      detail: mask.forAudit(detail),
    }).durable;

  const call: Stackward['call'] = openPipeline({
    audit,
    mask,
    gate,
    clients,
    changes,
    breakers,
    catalogs,
    version: changes.version,
    meter: settings.meter ?? { count: () => {} },
    resolveConnection: resolveOne,
    viewFor: (seen) =>
      viewOf(seen, {
        services,
        flags,
        versionsFor: (catalog) => viewFor(history, catalog),
        triage: triage.service,
        run: () => call,
      }),
    whyAbsent: ({ catalog: { graph: current, principal }, toolName }, target) =>
      explainAbsence(current, services, flags, {
        tool: toolName,
        principal,
        ...(target === undefined ? {} : { target }),
      }),
    captureAfter: (component) => history.capture(component),
    onInternal: (error, callId) => report('error', mask.text(`call ${callId}: ${stackOf(error)}`)),
  });
  const history = openHistory({
    stores,
    versions: changes,
    run: call,
    services,
    recordEvent,
    catalog: catalogs.of,
    putTopology: (text) => follower.put(text),
  });

  const followed = { catalogs, clients, recordEvent, history };
  const follower: Follower = shared
    ? await followShared(settings, { own, edit: began.edit }, { ...followed, shared, stores })
    : followFile(settings, followed);
  await keepTopology(history, report);
  await recordEvent('topology_loaded', STACK_PRINCIPAL, {
    file: graph.file,
    components: graph.components.size,
    links: graph.links.length,
  });
  return {
    call,
    catalogs,
    approvals,
    diagnoses,
    audit,
    auditBook,
    breakers,
    flags,
    history,
    killSwitch,
    keys,
    stores,
    mask,
    nonces: openNonces(stores.documents('nonces')),
    dataDir,
    clientsMayApprove: settings.operatorApproval !== true,
    recordEvent,
    serveTriage: triage.serve,
    putTopology: follower.put,
    openModel: (name) => openModel(name, { graph: catalogs.graph(), clients, services }),
    async close() {
      sharedBreakers?.close();
      await follower.close();
      await clients.close();
      await audit.close();
      await stores.close();
    },
  };
}

async function firstGraph({ topology, services, report }: Settings): Promise<Graph> {
  const loaded = await readTopology(topology, services.types);
  if (loaded.problems) throw new TopologyError(loaded.problems);
  for (const warning of loaded.warnings) report('warn', renderProblem(warning));
  return loaded.graph;
}

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
