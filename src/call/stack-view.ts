import type { Catalog } from '../toolset/catalog.ts';
import type { StackView } from '../toolset/define.ts';
import { explainAccess } from '../toolset/explain.ts';
import type { FlagStore } from '../toolset/flags.ts';
import type { ServiceSource } from '../toolset/service-source.ts';
import type { TriageService } from '../toolset/triage-service.ts';
import type { VersionsView } from '../toolset/versions-view.ts';
import type { Pipeline } from './pipeline.ts';
import type { Authenticated } from './stages.ts';

export interface ViewDeps {
  readonly services: Pick<ServiceSource, 'loaded'>;
  readonly flags: FlagStore;
  /** The versions as a principal sees them. */
  versionsFor(catalog: Catalog): VersionsView;
  readonly triage: TriageService;
  /** The pipeline that the viewing call runs in, for the calls that it makes in turn. */
  run(): Pipeline;
}

/** What the tools of the stack itself may see and do, for one call. */
export const viewOf = (
  call: Authenticated,
  { services, flags, versionsFor, triage, run }: ViewDeps,
): StackView => ({
  graph: call.catalog.graph,
  explain: (question) =>
    explainAccess(call.catalog.graph, services.loaded, flags, {
      ...question,
      principal: question.principal ?? call.catalog.principal,
    }),
  tools: () =>
    [...call.catalog.tools.values()].map(({ tool, service, targets }) => ({
      tool,
      layer: service.layer,
      targets: [...targets.keys()],
    })),
  triage,
  get versions() {
    return versionsFor(call.catalog);
  },
  async call(toolName, args, signal) {
    const { principal, id, callId } = call;
    const answer = await run()({ principal, id, toolName, args, signal, via: callId });
    const { outcome, text, structured } = answer;
    return { callId: answer.callId, outcome, text, ...(structured ? { structured } : {}) };
  },
});
