import type { Stackward } from '../stackward.ts';
import { ToolError } from '../toolset/errors.ts';
import type { TriageDesk } from '../triage/desk.ts';
import type { Incidents } from '../triage/incidents.ts';

/** The triage of a serving process. */
export interface ServedTriage {
  /** Alerts and events over HTTP; absent over stdio, and where the topology draws no one agent for it. */
  readonly incidents?: Incidents;
  close(): Promise<void>;
}

interface Reports {
  error(message: string): void;
}

/** Over HTTP the triage stands by from the start, and takes up what an earlier process left. */
export async function triageOverHttp(stackward: Stackward, report: Reports): Promise<ServedTriage> {
  const { serveTriage } = await import('../triage/serve-triage.ts');
  const agent = theTriage(stackward);
  const opened = agent === undefined ? undefined : await standingBy(stackward, agent, report);
  const leave = stackward.serveTriage(async () =>
    serveTriage(
      stackward,
      opened && { agent: opened.incidents.principal, open: async () => opened.incidents.desk },
    ),
  );
  return {
    ...(opened ? { incidents: opened.incidents } : {}),
    async close() {
      leave();
      await opened?.incidents.close();
      await opened?.tools.close();
    },
  };
}

/** Over stdio a process lives for one client, so its desk is opened by the first incident that the client reports. */
export async function triageOverStdio(stackward: Stackward): Promise<ServedTriage> {
  const agent = theTriage(stackward);
  let opened: Promise<{ desk: TriageDesk; close(): Promise<void> }> | undefined;
  const open = async (principal: string) => {
    const [{ openTriage }, tools] = await Promise.all([
      import('../triage/open-triage.ts'),
      ownTools(stackward, principal),
    ]);
    const desk = openTriage(stackward, { tools });
    return {
      desk,
      async close() {
        await desk.close();
        await tools.close();
      },
    };
  };
  const openOnce = async (principal: string) => {
    opened ??= open(principal);
    return (await opened).desk;
  };
  const desk = agent === undefined ? undefined : { agent, open: () => openOnce(agent) };
  // A start does not wait for what a client without incidents never needs.
  const leave = stackward.serveTriage(async () =>
    (await import('../triage/serve-triage.ts')).serveTriage(stackward, desk),
  );
  return {
    async close() {
      leave();
      await (await opened)?.close();
    },
  };
}

/** The tools of an agent, by a client of its own to the server of this process. */
export async function ownTools(stackward: Stackward, principal: string) {
  const [{ linkInProcess }, { connectTools }] = await Promise.all([
    import('../server/in-process.ts'),
    import('../triage/client/mcp-tools.ts'),
  ]);
  const { transport, under } = await linkInProcess(stackward, principal);
  return connectTools(transport, { principal, graph: stackward.catalogs.graph, under });
}

/** The agent that a triage acts as, where the topology draws exactly one. */
function theTriage({ catalogs }: Stackward): string | undefined {
  const held = [...catalogs.graph().components.values()].filter(
    ({ type, connection }) => type === 'agent' && connection.requires === 'diagnosis',
  );
  return held.length === 1 ? held[0]?.name : undefined;
}

/** One that cannot be opened does not stop the rest. */
async function standingBy(stackward: Stackward, principal: string, report: Reports) {
  try {
    const { openIncidents } = await import('../triage/incidents.ts');
    const tools = await ownTools(stackward, principal);
    return { tools, incidents: await openIncidents(stackward, { tools, report: report.error }) };
  } catch (error) {
    const why = error instanceof ToolError ? error.detail : 'see its data directory';
    report.error(`the triage of ${principal} could not be opened: ${why}`);
    return undefined;
  }
}
