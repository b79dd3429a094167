import fc from 'fast-check';
import { deployed, FIRST, SECOND, seed, THIRD } from '../../../services/argocd/fixture.ts';
import { type ArgoTwin, startArgoTwin, TOKEN } from '../../../twins/argocd.ts';
import { type Case, caseOf, defineLab, fresh, type Scene, stopTwin, topologyOf } from '../lab.ts';

/** An application of the scene's own, to which the given commits were deployed, oldest first. */
function application({ state }: ArgoTwin, commits: readonly string[]): string {
  const { history: _, state: _state, operation: _operation, ...orders } = state.app('orders');
  const made = {
    ...orders,
    name: fresh('own'),
    source: structuredClone(orders.source),
    history: [],
    live: new Map(),
  };
  state.apps.push(made);
  for (const commit of commits) state.deploy(made, commit);
  return made.name;
}

const commits = fc
  .array(fc.constantFrom(FIRST, SECOND), { maxLength: 3 })
  .map((some) => [...some, FIRST, SECOND]);

const written = (
  argsOf: (commits: readonly string[]) => Scene['args'],
  more: Partial<Scene> = {},
): Case<ArgoTwin> =>
  caseOf(commits, async (twin, given) => {
    const [own, beside] = [application(twin, given), application(twin, [FIRST])];
    return {
      args: { target: 'cd/shop', application: own, ...argsOf(given) },
      read: async () => ({ own: deployed(twin, own), others: deployed(twin, beside) }),
      beside: () => twin.state.deploy(twin.state.app(beside), SECOND),
      // A deployment of what is there already is somebody's deployment all the same, which the history alone shows.
      interfere: () => {
        twin.state.deploy(twin.state.app(own), SECOND);
        twin.state.deploy(twin.state.app(own), FIRST);
        twin.state.deploy(twin.state.app(own), THIRD);
        twin.state.app(own).source = { ...twin.state.app(own).source, path: 'by-hand' };
      },
      ...more,
    };
  });

export const argocd = defineLab<ArgoTwin>({
  name: 'the twin of Argo CD',
  async start() {
    const twin = await startArgoTwin();
    seed(twin);
    return twin;
  },
  stop: stopTwin,
  stackOver: ({ url }) => ({
    topology: topologyOf(
      'cd',
      `type: argocd, url: ${url}, credentials: {token: {env: ARGO_TOKEN}}, projects: {shop: {}}`,
      'operates',
    ),
    env: { ARGO_TOKEN: TOKEN, MCP_CD_WRITE_ACCESS: 'true' },
  }),
  forGood: {
    argocd_deploy_irreversibly: (twin) => ({
      args: { target: 'cd/shop', application: application(twin, [FIRST]) },
    }),
  },
  cases: {
    argocd_sync: written(() => ({})),
    argocd_rollback: written((given) => ({ id: given.length - 2 })),
    argocd_refresh: written(() => ({ hard: true }), {
      isTraceless: true,
      interfere: { never: 'a comparison changes nothing that could be overwritten' },
    }),
  },
});
