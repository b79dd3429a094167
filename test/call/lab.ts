import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer } from '../../src/call/answer.ts';
import { openBreakers } from '../../src/call/breakers.ts';
import { openCatalogs } from '../../src/call/catalogs.ts';
import { openClients } from '../../src/call/clients.ts';
import { neutraliseJson } from '../../src/call/neutralise.ts';
import { openPipeline, type Pipeline } from '../../src/call/pipeline.ts';
import { viewOf } from '../../src/call/stack-view.ts';
import { openGate } from '../../src/gate/gate.ts';
import { createMask } from '../../src/secrets/mask.ts';
import { resolveConnection } from '../../src/secrets/resolve.ts';
import { openSources } from '../../src/secrets/sources.ts';
import { openQuota } from '../../src/store/quota.ts';
import type { JsonValue, Limits } from '../../src/toolset/define.ts';
import { explainAbsence } from '../../src/toolset/explain.ts';
import { flagsFrom } from '../../src/toolset/flags.ts';
import { servicesAtHand } from '../../src/toolset/service-source.ts';
import { openTriagePlace } from '../../src/toolset/triage-service.ts';
import type { Graph } from '../../src/topology/graph.ts';
import { readTopology } from '../../src/topology/load.ts';
import { openVersions } from '../../src/versions/versions.ts';
import { gateOn } from '../harness/gate-files.ts';
import { NO_STACK } from '../harness/no-stack.ts';
import { openProbe } from './probe-service.ts';
import { openRecordingAudit } from './recording-audit.ts';

export const PASSWORD = 'correct-horse/"battery"';

export const TOPOLOGY = `stack: lab
components:
  store: {type: probe, host: db.test, credentials: {user: {env: U}, password: {env: P}}, drawers: {a: {}, b: {}}}
  vault: {type: probe, protected: true, host: db.test, credentials: {user: {env: U}, password: {env: P}}, drawers: {a: {}}}
  helper: {type: agent}
links:
  - {from: helper, to: store, type: uses}
`;

export interface LabOptions {
  readonly topology?: string;
  readonly env?: Record<string, string>;
  readonly limits?: Partial<Limits>;
  readonly concurrency?: { running: number; waiting: number };
  readonly writesPerMinute?: number;
  readonly halfOpenAfterMs?: number;
}

/** The real pipeline and every real part around it, on a probe for a backend and a recording audit log. */
export async function openLab(options: LabOptions = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'stackward-lab-'));
  const env: Record<string, string> = {
    U: 'lab-user',
    P: PASSWORD,
    MCP_STORE_WRITE_ACCESS: 'true',
    ...options.env,
  };
  const { probe, services } = openProbe(options.limits, options.concurrency);
  const graphOf = async (text: string): Promise<Graph> => {
    const file = join(dir, 'topology.yaml');
    await writeFile(file, text);
    const loaded = await readTopology(file, servicesAtHand(services).types);
    if (loaded.problems) throw new Error(JSON.stringify(loaded.problems, null, 1));
    return loaded.graph;
  };
  const graph = await graphOf(options.topology ?? TOPOLOGY);
  const flags = flagsFrom(env);
  const mask = createMask(Buffer.alloc(32, 1));
  const sources = openSources({ env, cwd: dir, warn: () => {} });
  const resolve = (connection: Readonly<Record<string, unknown>>, owner: string) =>
    resolveConnection(connection, { sources, env, mask, owner });
  const audit = openRecordingAudit((event) => probe.trace.push(event));
  const { approvals, killSwitch, diagnoses, stores } = gateOn(dir);
  const breakers = openBreakers(
    options.halfOpenAfterMs === undefined ? {} : { halfOpenAfterMs: options.halfOpenAfterMs },
  );
  const gate = openGate({
    flags,
    rate: openQuota({ limit: options.writesPerMinute ?? 60, windowMs: 60_000 }),
    approvals,
    killSwitch,
    diagnoses,
    shown: (words) => neutraliseJson(mask.json(words as JsonValue)),
    isInForce: async (hash) => catalogs.graph().hash === hash,
    isBreakerClosed: breakers.isClosed,
  });
  const clients = openClients({ resolve, warn: () => {} });
  const catalogs = openCatalogs(graph, services, flags);
  const changes = await openVersions({ stores, moment: { topology: catalogs.graph, secrets: () => ({}) } });
  const internal: unknown[] = [];
  const counted: Answer[] = [];
  const call: Pipeline = openPipeline({
    audit,
    mask,
    gate,
    clients,
    breakers,
    catalogs,
    changes: {
      ...changes,
      begin: async (change) => {
        const entry = await changes.begin(change);
        probe.trace.push('before-image durable');
        return entry;
      },
    },
    version: changes.version,
    meter: { count: (_request, answer) => counted.push(answer) },
    resolveConnection: resolve,
    viewFor: (seen) =>
      viewOf(seen, {
        services: servicesAtHand(services),
        flags,
        versionsFor: () => NO_STACK.versions,
        triage: openTriagePlace().service,
        run: () => call,
      }),
    whyAbsent: ({ catalog, toolName }, target) =>
      explainAbsence(catalog.graph, servicesAtHand(services), flags, {
        tool: toolName,
        principal: catalog.principal,
        ...(target === undefined ? {} : { target }),
      }),
    captureAfter: async () => new Map(),
    onInternal: (error) => internal.push(error),
  });
  let id = 0;
  return {
    dir,
    probe,
    audit,
    approvals,
    breakers,
    clients,
    catalogs,
    changes,
    internal,
    counted,
    services,
    graphOf,
    call: (
      toolName: string,
      args: Record<string, unknown> = {},
      { as, signal = new AbortController().signal }: { as?: string; signal?: AbortSignal } = {},
    ) => {
      id += 1;
      return call({ principal: as, id, toolName, args, signal });
    },
    close: async () => {
      await clients.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export type Lab = Awaited<ReturnType<typeof openLab>>;
