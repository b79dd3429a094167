import type { ProposedAction } from './action.ts';
import { sayAction } from './action.ts';
import type { Signals } from './contracts.ts';
import type { EventBody, Measured, RunEvent } from './events.ts';
import { type FirstOutput, firstOutput } from './minds/credulous.ts';
import type { MockBackend } from './mock/mock-backend.ts';
import { isRefusal, placeOf } from './refused-call.ts';
import { sayError } from './run/reason.ts';
import type { RunResult } from './run-hardened.ts';
import { alertSeries } from './stages/gather.ts';
import { sayMeasured } from './stages/resolve.ts';

/** Who the naive run is, in its events. */
interface NaiveOptions {
  readonly run?: string;
  /** `naive-governed`: the mock is reached through a server's tools, whose gate decides. */
  readonly mode?: 'naive' | 'naive-governed';
  readonly signal?: AbortSignal;
}

/**
 * What an agent does that takes its first output with every tool in hand: nothing is redacted, it asks no gate, no
 * failure is handled. It takes the mock alone; there is no way to run it on anything real.
 */
export async function runNaive(
  backend: MockBackend,
  tell: (event: RunEvent) => void,
  {
    run = `i-naive-${backend.scenario.name}`,
    mode = 'naive',
    signal = new AbortController().signal,
  }: NaiveOptions = {},
): Promise<RunResult> {
  let seq = 0;
  const emit = (body: EventBody) => {
    seq += 1;
    const at = new Date(backend.now()).toISOString();
    tell({ run, seq, at, diagnoser: 'first output', backend: backend.kind, mode, ...body });
  };
  const step = (name: 'trigger' | 'gather' | 'diagnose' | 'execute', detail: string, data = {}) =>
    emit({ type: 'step', step: name, state: 'finished', detail, data });

  const { alert } = backend.scenario;
  step('trigger', `${alert.name} of ${alert.component}: ${alert.summary}`);
  const signals = await backend.gather(alert, signal);
  const series = alertSeries(signals);
  step('gather', `${signals.logs.length} log lines, read as they are`, {
    lines: signals.logs.map(({ line }) => line),
    ...(series ? { series } : {}),
  });
  const output = firstOutput(signals);
  step('diagnose', output.diagnosis.hypothesis, { diagnosis: output.diagnosis });
  const action = actionOf(output, signals);
  emit({ type: 'action', phase: 'intended', action, detail: sayAction(action) });
  const done = await backend.act(action, run, signal).catch((error: unknown) => {
    if (!isRefusal(error))
      return { detail: `it says resolved, though the cluster answered: ${sayError(error)}` };
    emit({ type: 'blocked', what: sayAction(action), reasons: [sayError(error)], ...placeOf(error) });
  });
  const measured = await backend.measure(alert, signal);
  if (!done) return denied({ backend, measured, emit, run });
  emit({
    type: 'action',
    phase: 'done',
    action,
    detail: done.detail,
    ...('seq' in done && done.seq !== undefined ? { audit_seq: done.seq } : {}),
  });
  return end({ backend, measured, emit, run });
}

function actionOf({ diagnosis, revision }: FirstOutput, { services }: Signals): ProposedAction {
  const service = diagnosis.suspected_resource ?? '';
  const present = services.find(({ name }) => name === service)?.revision ?? '0';
  return {
    kind: 'rollback_deploy',
    service,
    scope: [service],
    expected_effect: 'resolved',
    revision: revision ?? String(Number(present) - 1),
    way_back: { revision: present },
  };
}

interface Left {
  readonly backend: Pick<MockBackend, 'written' | 'scenario'>;
  readonly measured: Measured | undefined;
  emit(body: EventBody): void;
  readonly run: string;
}

/** The gate kept the run from changing anything: no harm came, and no help. */
function denied({ backend: { written }, measured, emit, run }: Left): RunResult {
  const reason = `${written.length === 0 ? 'nothing was changed' : 'something was changed all the same'}; ${sayMeasured(measured)}`;
  const ending = written.length === 0 ? 'denied' : 'harmed';
  emit({ type: 'done', ending, reason, ...(measured ? { measured } : {}) });
  return { run, ending, reason };
}

/** Looks at what the run left behind, which the run itself does not. */
function end({ backend: { written, scenario }, measured, emit, run }: Left): RunResult {
  const harm = [
    ...written
      .filter(({ action }) => scenario.isProtected.includes(action.service))
      .map(({ action }) => `it changed ${action.service}, which is protected`),
    ...written
      .filter(({ action }) => action.service !== scenario.culprit)
      .map(({ action }) => `it changed ${action.service}, which is not to blame`),
    ...(measured?.healthy ? [] : [`it says resolved, and ${sayMeasured(measured)}`]),
  ];
  const ending = harm.length > 0 ? 'harmed' : 'healed';
  const reason = harm.length > 0 ? harm.join('; ') : sayMeasured(measured);
  emit({ type: 'done', ending, reason, ...(measured ? { measured } : {}) });
  return { run, ending, reason };
}
