import { html } from 'htm/preact';
import { useMemo } from 'preact/hooks';
import type { RunMode, RunRecord, ShownKept, ShownRunEvent } from '../server/console/wire.ts';
import { queryOf, useLoaded } from './api.ts';
import { useTrails } from './follow-runs.ts';
import { HealCurve, healOf } from './heal-curve.ts';
import { Masked } from './masked.ts';
import { Badge, Facts, Problem, Time } from './parts.ts';
import { Go } from './route.ts';
import { ENDINGS, type Records, Trail } from './run-trail.ts';

/** What a run is, in words. */
export const MODES: Readonly<Record<RunMode, string>> = {
  hardened: 'Hardened',
  naive: 'Naive, without gates',
  'naive-governed': 'Naive, through the server',
};

/** One run as it happens, or several beside each other. The address names them. */
export function RunView({ runs }: { runs: readonly string[] }) {
  const { trails, isLive } = useTrails(runs);
  const isOver = runs.every((run) => trails.get(run)?.at(-1)?.type === 'done');
  return html`
    <p><${Go} to="/runs">All runs</${Go}></p>
    ${!isLive && !isOver && html`<p class="problem" role="alert">The stream broke off; it is taken up where it ended.</p>`}
    <div class="runs">
      ${runs.map((run) => html`<${OneRun} key=${run} run=${run} events=${trails.get(run) ?? []} />`)}
    </div>`;
}

function OneRun({ run, events }: { run: string; events: readonly ShownRunEvent[] }) {
  const [first] = events;
  const last = events.at(-1);
  const heal = useMemo(() => healOf(events), [events]);
  const records = useRecords(events);
  const routes = [...new Set(events.map(({ diagnoser }) => diagnoser))];
  const mode = first?.mode ?? 'hardened';
  return html`<section class="panel run" aria-labelledby=${run}>
    <h2 id=${run}>${first ? MODES[mode] : 'Run'} <code class="dim">${run}</code></h2>
    ${!first && html`<p role="status">Nothing is known of this run yet.</p>`}
    ${
      first &&
      html`<${Facts} facts=${[
        ['Set off by', html`<${Masked} text=${first.type === 'step' ? first.detail : ''} />`],
        ['Began', html`<${Time} at=${first.at} />`],
        ['Works on', html`<${WorksOn} backend=${first.backend} />`],
        ['Diagnosed by', routes.join(', then ')],
      ]} />`
    }
    <p role="status">${
      last?.type === 'done'
        ? html`<${Badge} tone=${ENDINGS[last.ending]}>${last.ending.replaceAll('_', ' ')}</${Badge}> <${Masked} text=${last.reason} />`
        : events.length > 0 && html`<${Badge} tone="dim">running</${Badge}> ${saidLast(events)}`
    }</p>
    ${heal && html`<${HealCurve} heal=${heal} />`}
    <${Trail} events=${events} records=${records} />
    ${mode === 'hardened' && last?.type === 'done' && html`<${Kept} run=${run} />`}
  </section>`;
}

/** What is no real stack says so. */
export const WorksOn = ({ backend }: { backend: 'mock' | 'kubernetes' | undefined }) =>
  backend === 'mock'
    ? html`<${Badge} tone="warn">a mock, with a clock of its own</${Badge}>`
    : html`${backend === 'kubernetes' ? 'the stack' : 'not told'}`;

const saidLast = (events: readonly ShownRunEvent[]): string =>
  events
    .flatMap((event) => (event.type === 'step' ? [event.detail || event.step.replaceAll('_', ' ')] : []))
    .at(-1) ?? '';

function useRecords(events: readonly ShownRunEvent[]): Records {
  const seqs = events
    .flatMap((event) => ('audit_seq' in event && event.audit_seq !== undefined ? [event.audit_seq] : []))
    .join();
  // Asked once more at the end: by then the version that a write made is there.
  const isOver = events.at(-1)?.type === 'done';
  const { data } = useLoaded<readonly RunRecord[]>(
    seqs === '' ? undefined : `runs/records${queryOf({ seq: seqs })}`,
    isOver,
  );
  return useMemo(() => new Map(data?.map((one) => [one.seq, one])), [data]);
}

/** What the models and the gates looked at, as it was kept. */
function Kept({ run }: { run: string }) {
  const { data, problem } = useLoaded<ShownKept>(`runs/kept${queryOf({ run })}`);
  if (!data) return html`<${Problem} text=${problem} />`;
  return html`<details>
      <summary>${data.logs.length} log lines, as they went on</summary>
      <pre tabindex="0" role="region" aria-label=${`Log lines of ${run} as they went on`}>${data.logs.map(
        ({ component, line }) => html`${component}: <${Masked} text=${line} />${'\n'}`,
      )}</pre>
    </details>
    ${data.exchanges.map(
      ({ route, prompt, answer }, at) => html`<details key=${at}>
        <summary>Question ${at + 1}, to ${route}</summary>
        <pre tabindex="0" role="region" aria-label=${`Question ${at + 1} of ${run}`}><${Masked} text=${prompt} /></pre>
        <pre tabindex="0" role="region" aria-label=${`Answer ${at + 1} of ${run}`}><${Masked} text=${answer} /></pre>
      </details>`,
    )}`;
}
