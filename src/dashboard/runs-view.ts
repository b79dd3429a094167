import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import type { ShownRun, ShownRuns } from '../server/console/wire.ts';
import { post, queryOf, useLoaded } from './api.ts';
import type { ViewProps } from './app.ts';
import { Masked } from './masked.ts';
import { Badge, Problem, Table, Time } from './parts.ts';
import { Go, go, usePlace } from './route.ts';
import { ENDINGS } from './run-trail.ts';
import { MODES, RunView, WorksOn } from './run-view.ts';

/** The runs of the triage, newest first, and each with its trail of decisions. */
export function RunsView({ who, pulse }: ViewProps) {
  const { parts, query } = usePlace();
  const runs = parts.slice(1);
  if (runs.length > 0) return html`<${RunView} runs=${runs} key=${runs.join()} />`;
  return html`<${RunList} who=${who} pulse=${pulse} before=${query.get('before') ?? undefined} />`;
}

function RunList({ who, pulse, before }: ViewProps & { before: string | undefined }) {
  const { data, problem } = useLoaded<ShownRuns>(`runs${queryOf({ before })}`, pulse?.told);
  if (!data) return html`<${Problem} text=${problem} />`;
  const { principal, runs, more, drills } = data;
  return html`
    <${Problem} text=${problem} />
    ${principal === undefined && html`<p>This server runs no triage: its topology draws no agent, or several, that says <code>requires: diagnosis</code>.</p>`}
    ${drills && html`<${Drills} drills=${drills} who=${who} />`}
    ${principal !== undefined && runs.length === 0 && html`<p>Nothing happened yet. An alert to <code>POST /alerts</code> opens a run of ${principal}.</p>`}
    ${runs.length > 0 && html`<${Runs} runs=${runs} />`}
    ${more && html`<p><${Go} to=${`/runs${queryOf({ before: runs.at(-1)?.run })}`}>Older</${Go}></p>`}`;
}

const Runs = ({ runs }: { runs: readonly ShownRun[] }) => html`
  <${Table} label="Runs, newest first" head=${['Began', 'Set off by', 'How', 'State', 'Run']}>
    ${runs.map(
      (one) => html`<tr key=${one.run}>
        <td><${Time} at=${one.begun} /></td>
        <td><${Masked} text=${one.about} /><div class="dim"><${Masked} text=${one.reason ?? ''} /></div></td>
        <td>${MODES[one.mode]}${one.backend === 'mock' ? html` <${WorksOn} backend="mock" />` : ''}</td>
        <td>${
          one.ending
            ? html`<${Badge} tone=${ENDINGS[one.ending]}>${one.ending.replaceAll('_', ' ')}</${Badge}>`
            : html`<${Badge} tone="dim">${one.step.replaceAll('_', ' ') || 'running'}</${Badge}>`
        }</td>
        <td><${Go} to=${`/runs/${one.run}`}>${one.run}</${Go}>${besideOf(one, runs)}</td>
      </tr>`,
    )}
  </${Table}>`;

/** A drill's runs are of one alert, and are best looked at together. */
function besideOf({ run, mode }: ShownRun, runs: readonly ShownRun[]) {
  const incident = run.replace(/-hardened$/, '');
  if (mode !== 'hardened' || incident === run) return '';
  const others = ['naive', 'governed'].map((part) => `${incident}-${part}`);
  const known = others.filter((name) => runs.some((one) => one.run === name));
  return known.length === 0
    ? ''
    : html`<br /><${Go} to=${`/runs/${[...known, run].join('/')}`}>beside the naive ones<span class="unseen"> of ${run}</span></${Go}>`;
}

function Drills({ drills, who }: { drills: NonNullable<ShownRuns['drills']> } & Pick<ViewProps, 'who'>) {
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const start = (event: SubmitEvent) => {
    event.preventDefault();
    const scenario = String(new FormData(event.target as HTMLFormElement).get('scenario'));
    setBusy(true);
    setProblem(undefined);
    post<{ runs: readonly string[] }>('runs/start', { scenario })
      .then(
        ({ runs }) => go(`/runs/${runs.join('/')}`),
        (error: Error) => setProblem(error.message),
      )
      .finally(() => setBusy(false));
  };
  return html`<section class="panel" aria-labelledby="drill">
    <h2 id="drill">Start an incident on the mock</h2>
    <p class="dim">The same alert three times: naive and without gates, the same through this server, and hardened. Nothing real is touched by it.</p>
    ${
      who.operator?.mayDecide
        ? html`<form class="tools" onSubmit=${start}>
            <label>Incident script
              <select name="scenario" defaultValue="poisoned-logs">
                ${drills.map(({ name, title }) => html`<option value=${name} selected=${name === 'poisoned-logs'}>${name}: ${title}</option>`)}
              </select>
            </label>
            <button class="danger" disabled=${isBusy}>Start the incident</button>
          </form>`
        : html`<p class="dim">${who.hint}</p>`
    }
    <${Problem} text=${problem} />
  </section>`;
}
