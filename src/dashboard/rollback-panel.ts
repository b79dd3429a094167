import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import type {
  RollbackPlan,
  RollbackProgress,
  RollbackReport,
  ShownStack,
  Who,
} from '../server/console/wire.ts';
import { get, post, queryOf, useLoaded } from './api.ts';
import { Badge, Decide, Problem, Table } from './parts.ts';
import { go } from './route.ts';
import { Resources } from './versions-view.ts';

const POLL_MS = 400;

interface PanelProps {
  readonly to: string;
  /** One component alone; absent for the whole stack. */
  readonly component?: string | undefined;
  /** The stopped rollback that goes on; then there is nothing to plan. */
  readonly resumed?: string | undefined;
  readonly who: Who;
}

/** The plan of a rollback, and once it was confirmed how far it is. */
export function RollbackPanel({ to, component, resumed, who }: PanelProps) {
  const path = `versions/plan${queryOf({ to, component })}`;
  const { data: plan, problem } = useLoaded<RollbackPlan>(resumed === undefined ? path : undefined);
  const [progress, setProgress] = useProgress(Number(to), resumed);
  return html`<section class="panel" aria-labelledby="rollback">
    <h2 id="rollback">${component === undefined ? 'Back' : `${component} back`} to version ${to}</h2>
    ${resumed === undefined && !progress && html`<${OfWhat} to=${to} component=${component} />`}
    <${Problem} text=${problem} />
    ${!plan && !progress && !problem && html`<p role="status">Reading what would be changed ...</p>`}
    ${plan && !progress && html`<${Plan} plan=${plan} /><${Confirm} plan=${plan} who=${who} onBegun=${setProgress} />`}
    ${progress && html`<${Progress} progress=${progress} />`}
  </section>`;
}

/** The whole stack or one component: another choice is another plan. */
function OfWhat({ to, component }: Pick<PanelProps, 'to' | 'component'>) {
  const { data: stack } = useLoaded<ShownStack>('stack');
  const names = stack?.components.flatMap(({ name, external }) => (external ? [] : [name])) ?? [];
  const choose = (event: Event) => {
    const name = (event.target as HTMLSelectElement).value;
    go(`/versions${queryOf({ back: to, component: name })}`);
  };
  return html`<div class="tools"><label>What goes back
    <select value=${component ?? ''} onChange=${choose}>
      <option value="" selected=${component === undefined}>the whole stack</option>
      ${names.map((name) => html`<option value=${name} selected=${name === component}>${name} alone</option>`)}
    </select>
  </label></div>`;
}

/** The rollback to this version that the server runs or ran last, followed while it runs. */
function useProgress(to: number, resumed: string | undefined) {
  const [progress, setProgress] = useState<RollbackProgress>();
  const isRunning = progress?.running ?? false;
  useEffect(() => {
    const ask = (isFirst: boolean) =>
      get<{ rollback: RollbackProgress | null }>('versions/rollback').then(
        ({ rollback }) => {
          // What ended before one came here is of the past, unless it is what one came for.
          const isMeant =
            rollback?.running || !isFirst || (resumed !== undefined && rollback?.resumes === resumed);
          if (rollback?.to === to && isMeant) setProgress(rollback);
        },
        () => undefined,
      );
    void ask(!isRunning);
    if (!isRunning) return;
    const timer = setInterval(() => void ask(false), POLL_MS);
    return () => clearInterval(timer);
  }, [to, resumed, isRunning]);
  return [progress, setProgress] as const;
}

function Plan({ plan }: { plan: RollbackPlan }) {
  const { steps, not_reversible: stuck, drift, obstacles, untried, topology } = plan;
  const isNothing = steps.length === 0 && stuck.length === 0 && !topology;
  return html`
    ${isNothing && html`<p>Nothing came after it that would have to be taken back.</p>`}
    ${
      steps.length + stuck.length > 0 &&
      html`<${Table} label="What comes back and what cannot" head=${['Version', 'State', 'Tool', 'Target', 'Changes', 'Wave or reason']}>
        ${steps.map(
          (step) => html`<tr>
            <td>${step.of}</td>
            <td><${Badge} tone="good">${step.how === 'revert' ? 'comes back' : 'is made again'}</${Badge}></td>
            <td><code>${step.tool}</code></td>
            <td>${step.target}</td>
            <td>${step.resources.join(', ')}</td>
            <td>wave ${step.wave}</td>
          </tr>`,
        )}
        ${stuck.map(
          (one) => html`<tr>
            <td>${one.of}</td>
            <td><${Badge} tone="bad">cannot come back</${Badge}></td>
            <td><code>${one.tool}</code></td>
            <td>${one.target}</td>
            <td>${one.resources.join(', ')}</td>
            <td>${one.why}</td>
          </tr>`,
        )}
      </${Table}>`
    }
    ${topology && html`<p>The topology file is put back as it was.</p>`}
    ${drift.length > 0 && html`<h3>Changed outside Stackward</h3><${Resources} resources=${drift} label="Changed outside Stackward" />`}
    ${untried.length > 0 && html`<h3>Not tried</h3><ul>${untried.map((one) => html`<li>${one}</li>`)}</ul>`}
    ${obstacles.length > 0 && html`<h3>In the way</h3><ul>${obstacles.map((one) => html`<li class="problem">${one}</li>`)}</ul>`}`;
}

function Confirm({
  plan,
  who,
  onBegun,
}: {
  plan: RollbackPlan;
  who: Who;
  onBegun(progress: RollbackProgress): void;
}) {
  const [problem, setProblem] = useState<string>();
  const [isSure, setSure] = useState(false);
  if (plan.steps.length === 0 && !plan.topology) return null;
  if (plan.obstacles.length > 0) return html`<p>Nothing is changed while something is in the way.</p>`;
  if (!who.operator?.mayDecide) return html`<p class="dim">${who.hint}</p>`;
  const begin = () => {
    setProblem(undefined);
    const { to, digest, component } = plan;
    const seen = { to, digest, ...(component === undefined ? {} : { component }) };
    post<RollbackProgress>('versions/rollback', seen).then(onBegun, (error: Error) =>
      setProblem(error.message),
    );
  };
  return html`<div class="decide">
    <label class="check">
      <input type="checkbox" checked=${isSure} onChange=${(event: Event) => setSure((event.target as HTMLInputElement).checked)} />
      I have read this plan <code>${plan.digest.slice(0, 12)}</code>
    </label>
    <button type="button" class="danger" disabled=${!isSure} onClick=${begin}>Roll ${plan.component === undefined ? '' : `${plan.component} `}back to version ${plan.to}</button>
    <${Problem} text=${problem} />
  </div>`;
}

const Progress = ({ progress }: { progress: RollbackProgress }) => html`
  ${
    progress.running &&
    html`<p role="status">Running, begun by ${progress.by}: ${progress.done} of ${progress.total} steps</p>
      <progress aria-label="Steps of the rollback" value=${progress.done} max=${Math.max(progress.total, 1)}></progress>`
  }
  <ol>${progress.steps.map((step) => html`<li>${step}</li>`)}</ol>
  <${Problem} text=${progress.failed} />
  ${progress.report && html`<${Report} report=${progress.report} />`}`;

const TONES: Readonly<Record<string, string>> = { restored: 'good', failed: 'bad', skipped: 'dim' };

/** What came back, by what was read back. */
export const Report = ({ report }: { report: RollbackReport }) => html`
  <p role="status"><strong>${report.verdict}</strong></p>
  <${Table} label="What became of each write" head=${['Version', 'State', 'Tool', 'Target', 'Detail']}>
    ${report.results.map(
      (one) => html`<tr>
        <td>${one.of}</td>
        <td><${Badge} tone=${TONES[one.result] ?? 'warn'}>${one.result.replaceAll('_', ' ')}</${Badge}></td>
        <td><code>${one.tool}</code></td>
        <td>${one.target}</td>
        <td>${one.detail ?? one.resources.join(', ')}</td>
      </tr>`,
    )}
  </${Table}>
  ${report.topology !== 'unchanged' && html`<p>Topology file: ${report.topology}. ${report.topology_detail ?? ''}</p>`}
  ${report.next.map((one) => html`<p><code>${one}</code></p>`)}`;

/** One that stopped: what came back so far, and the two ways on. */
export function Unfinished({
  report,
  who,
  onGivenUp,
}: {
  report: RollbackReport;
  who: Who;
  onGivenUp(verdict: string): void;
}) {
  const { id, to } = report;
  const resume = async (reason: string) => {
    await post('versions/rollback/resume', { id, reason });
    go(`/versions${queryOf({ back: String(to), resumed: id })}`);
  };
  const abandon = async (reason: string) => {
    const { verdict } = await post<RollbackReport>('versions/rollback/abandon', { id, reason });
    onGivenUp(`${id} was given up, and what it put back stays: ${verdict}`);
  };
  return html`<section class="panel alarm" aria-labelledby="unfinished">
    <h2 id="unfinished">Rollback ${id} has not ended: it runs elsewhere, or stopped half-way</h2>
    <${Report} report=${report} />
    ${
      who.operator?.mayDecide
        ? html`<${Decide} label="Reason, kept in the audit" actions=${[
            { name: 'Go on, and try again what failed', tone: 'main', run: resume },
            { name: 'Give it up', tone: 'danger', run: abandon },
          ]} />`
        : html`<p class="dim">${who.hint}</p>`
    }
  </section>`;
}
