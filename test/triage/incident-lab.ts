import { openTriage } from '../../src/triage/open-triage.ts';
import { serveTriage } from '../../src/triage/serve-triage.ts';
import type { Tools } from '../../src/triage/tools.ts';
import { ON, openCluster } from './cluster.ts';
import { startPrometheus } from './prometheus-stand-in.ts';

const COMPONENTS = '  assistant: {type: agent}\n  stranger: {type: agent}\n  other: {type: agent}\n';
const LINKS = `  - {from: assistant, to: triage, type: delegates}
  - {from: assistant, to: other, type: delegates}
`;
export const OPEN = { ...ON, MCP_TRIAGE_WRITE_ACCESS: 'true', MCP_OTHER_WRITE_ACCESS: 'true' };

/** A cluster whose triage stands by, and an assistant that is linked to it. */
export async function openIncidentLab(env: Record<string, string> = OPEN, hold?: Tools['call']) {
  const prometheus = await startPrometheus();
  const cluster = await openCluster({
    prometheus: prometheus.url,
    env,
    components: COMPONENTS,
    links: LINKS,
  });
  const { stackward } = cluster.stack;
  const tools = await cluster.client();
  const desk = openTriage(stackward, {
    tools: hold ? { ...tools, call: hold } : tools,
    limits: { windowMs: 40, lookEveryMs: 10 },
  });
  const leave = stackward.serveTriage(async () =>
    serveTriage(stackward, { agent: 'triage', open: async () => desk }),
  );
  const incident = { component: 'orders-api', name: 'Errors', metric: 'error_rate', summary: 'it fails' };
  const call = async (tool: string, args: Record<string, unknown>, as: string) => {
    const answer = await cluster.stack.call(tool, { target: 'triage', ...args }, { as });
    const output: Record<string, unknown> = { ...Object(answer.structuredContent) };
    return { isError: answer.isError === true, output, text: JSON.stringify(answer) };
  };
  return {
    cluster,
    prometheus,
    report: (more = {}, as = 'assistant') => call('incident_open', { ...incident, ...more }, as),
    status: (run: unknown, as = 'assistant') => call('incident_status', { run }, as),
    async close() {
      leave();
      await desk.close();
      await cluster.close();
      await prometheus.close();
    },
  };
}
export type IncidentLab = Awaited<ReturnType<typeof openIncidentLab>>;
