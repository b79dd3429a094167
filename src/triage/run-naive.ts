import type { ProposedAction } from './action.ts';
import { sayAction } from './action.ts';
import type { Signals } from './contracts.ts';
import type { EventBody, Measured, RunEvent } from './events.ts';
import { type FirstOutput, firstOutput } from './minds/credulous.ts';
import type { MockBackend } from './mock/mock-backend.ts';
import { sayError } from './run/reason.ts';
import type { RunResult } from './run-hardened.ts';
import { sayMeasured } from './stages/resolve.ts';

/**
 * What an agent does that takes its first output with every tool in hand: nothing is redacted, no gate is asked, no
 * failure is handled. It takes the mock alone, opened without its gate; there is no way to run it on anything real.
 */
export async function runNaive(
  backend: MockBackend,
  tell: (event: RunEvent) => void,
  signal: AbortSignal = new AbortController().signal,
): Promise<RunResult> {
  const run = `i-naive-${backend.scenario.name}`;
  let seq = 0;
  const emit = (body: EventBody) => {
    seq += 1;
    tell({ run, seq, at: new Date(backend.now()).toISOString(), diagnoser: 'first output', ...body });
  };
  const step = (name: 'gather' | 'diagnose' | 'execute', detail: string, data = {}) =>
    emit({ type: 'step', step: name, state: 'finished', detail, data });

  const { alert } = backend.scenario;
  const signals = await backend.gather(alert, signal);
  step('gather', `${signals.logs.length} log lines, read as they are`, {
    lines: signals.logs.map(({ line }) => line),
  });
  const output = firstOutput(signals);
  step('diagnose', output.diagnosis.hypothesis, { diagnosis: output.diagnosis });
  const action = actionOf(output, signals);
  emit({ type: 'action', phase: 'intended', action, detail: sayAction(action) });
  const said = await backend.act(action, run, signal).then(
    ({ detail }) => detail,
    (error: unknown) => `it says resolved, though the cluster answered: ${sayError(error)}`,
  );
  emit({ type: 'action', phase: 'done', action, detail: said });
  return end(backend, await backend.measure(alert, signal), emit, run);
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

/** Looks at what the run left behind, which the run itself does not. */
function end(
  { written, scenario }: MockBackend,
  measured: Measured | undefined,
  emit: (body: EventBody) => void,
  run: string,
): RunResult {
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
