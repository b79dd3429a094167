import type { Answer } from '../call/answer.ts';
import type { Pipeline } from '../call/pipeline.ts';
import { TrialResult } from '../call/try-out.ts';
import type { Catalog } from '../toolset/catalog.ts';
import { STACK_PRINCIPAL } from '../toolset/reach.ts';
import type { PlannedReconciler, RollbackStep } from '../toolset/versions-view.ts';
import { undoOf } from './undo-of.ts';
import type { Versions } from './versions.ts';

export interface PrecheckDeps {
  readonly versions: Versions;
  readonly run: Pipeline;
  readonly catalog: Catalog;
}

/** What was found before the first change. */
export interface Prechecked {
  readonly obstacles: readonly string[];
  /** What no service would say, by component. */
  readonly untried: readonly string[];
  readonly reconcilers: readonly PlannedReconciler[];
}

/** How long the prechecks of one component may take together. */
const PRECHECK_MS = 60_000;

/**
 * Tries every step of a plan, newest first within a component, and changes nothing. Each is a call in the principal's
 * name, and is recorded as one that was only tried. What cannot be found out is an obstacle.
 */
export async function precheck(steps: readonly RollbackStep[], deps: PrecheckDeps): Promise<Prechecked> {
  const own = steps.filter(({ tool, target }) => offers(deps.catalog, tool, target));
  const components = [...new Set(own.map(({ component }) => component))];
  const found = await Promise.all(
    components.map((name) =>
      ofComponent(
        own.filter(({ component }) => component === name),
        deps,
      ),
    ),
  );
  return {
    obstacles: found.flatMap(({ obstacles }) => obstacles),
    untried: found.flatMap(({ untried }) => untried),
    reconcilers: found.flatMap(({ reconcilers }) => reconcilers),
  };
}

/** Whether the principal has a tool on a target now; for what it has not, there is another obstacle. */
export const offers = ({ tools, pausers }: Catalog, tool: string, target: string): boolean =>
  (tools.get(tool) ?? pausers.get(tool))?.targets.has(target) === true;

/** Tries to hold reconcilers still, and changes nothing. Gives why it could not be done. */
export async function precheckPauses(
  reconcilers: readonly PlannedReconciler[],
  deps: PrecheckDeps,
): Promise<string[]> {
  const own = reconcilers.filter(({ pause, target }) => pause && offers(deps.catalog, pause.tool, target));
  const signal = AbortSignal.timeout(PRECHECK_MS);
  const found = await Promise.all(
    own.map(async ({ of, target, name, pause }) => {
      const call = { toolName: pause?.tool ?? '', args: { ...pause?.args, target }, isPause: true } as const;
      const { obstacles } = resultOf(await deps.run({ ...trialOf(of, deps), ...call, signal }));
      return obstacles.map(({ detail }) => `version ${of}: ${name} cannot be held still: ${detail}`);
    }),
  );
  return found.flat();
}

async function ofComponent(steps: readonly RollbackStep[], deps: PrecheckDeps): Promise<Prechecked> {
  const signal = AbortSignal.timeout(PRECHECK_MS);
  const obstacles: string[] = [];
  const untried = new Set<string>();
  const reconcilers: PlannedReconciler[] = [];
  for (const [index, step] of [...steps].sort((a, b) => b.of - a.of).entries()) {
    const found = resultOf(await tryStep(step, deps, signal));
    // What is tried later finds the target as the steps before it left it, so that it differs now says nothing.
    const counted = found.obstacles.filter(({ code }) => index === 0 || !isOfLater(code, found));
    obstacles.push(...counted.map(({ detail }) => `version ${step.of}: ${detail}`));
    for (const what of found.untried) untried.add(`${step.component}: ${what}`);
    reconcilers.push(
      ...found.reconcilers.map((one) => ({
        of: step.of,
        target: step.target,
        component: step.component,
        ...one,
      })),
    );
  }
  return { obstacles, untried: [...untried], reconcilers };
}

/** Whether an obstacle may be none once the steps before were done: another state, or nothing there yet. */
const isOfLater = (code: string, { rehearsed }: TrialResult): boolean =>
  code === 'conflict' || (rehearsed && code === 'not_found');

async function tryStep(step: RollbackStep, deps: PrecheckDeps, signal: AbortSignal): Promise<Answer> {
  const version = await deps.versions.files.read(step.of);
  return deps.run({
    ...trialOf(step.of, deps),
    toolName: step.tool,
    args: { ...(version.change?.args as object), target: step.target },
    signal,
    undo: await undoOf(version, step, deps.versions),
  });
}

const trialOf = (of: number, { catalog: { principal } }: PrecheckDeps) =>
  ({
    principal: principal === STACK_PRINCIPAL ? undefined : principal,
    id: `precheck/${of}`,
    via: 'precheck',
    isTrial: true,
  }) as const;

function resultOf({ structured, error, text, outcome }: Answer): TrialResult {
  const found = TrialResult.safeParse(structured);
  if (found.success) return found.data;
  const why = error?.detail ?? text;
  const detail = outcome === 'denied' ? why : `whether it can be done could not be found out: ${why}`;
  const obstacles = [{ code: error?.code ?? 'internal', detail }];
  return { obstacles, untried: [], reconcilers: [], rehearsed: false };
}
