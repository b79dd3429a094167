import { html } from 'htm/preact';
import type { RunCheck, RunRecord, ShownRunEvent } from '../server/console/wire.ts';
import { queryOf } from './api.ts';
import { Masked } from './masked.ts';
import { Badge, Table } from './parts.ts';
import { Go } from './route.ts';

type Of<T extends ShownRunEvent['type']> = Extract<ShownRunEvent, { type: T }>;

/** Where the audit has a call of a run, by the number that its event tells. */
export type Records = ReadonlyMap<number, RunRecord>;

interface TrailProps {
  readonly events: readonly ShownRunEvent[];
  readonly records: Records;
}

/** What a run did and why, one entry an event. Looks at the heal are told by its curve, and starts by what follows. */
export const Trail = ({ events, records }: TrailProps) => html`<ol class="trail">
  ${events.filter(isTold).map(
    (event) => html`<li key=${event.seq} class=${`event ${event.type}`}>
      <span class="place dim" title=${event.at}>${event.seq}</span>
      <div><${Entry} event=${event} records=${records} /></div>
    </li>`,
  )}
</ol>`;

const isTold = (event: ShownRunEvent): boolean => event.type !== 'step' || event.state === 'finished';

function Entry({ event, records }: { event: ShownRunEvent; records: Records }) {
  switch (event.type) {
    case 'step':
      return html`<${StepEntry} event=${event} />`;
    case 'gate':
      return html`<${GateEntry} event=${event} />`;
    case 'fallback':
      return html`<${Badge} tone="warn">fallback</${Badge}> ${event.from} → ${event.to}: <${Masked} text=${event.why} />`;
    case 'action':
      return html`<${Badge} tone=${event.phase === 'intended' ? 'dim' : 'write'}>${PHASES[event.phase]}</${Badge}>
        <strong> <${Masked} text=${event.detail} /></strong>
        <${Place} seq=${event.audit_seq} records=${records} />`;
    case 'blocked':
      return html`<${Badge} tone="bad">blocked</${Badge}> <strong>${event.what}</strong>
        <ul>${event.reasons.map((reason) => html`<li><${Masked} text=${reason} /></li>`)}</ul>
        <${Place} seq=${event.audit_seq} records=${records} />`;
    case 'breaker':
      return html`<${Badge} tone=${event.state === 'open' ? 'bad' : 'good'}>breaker ${event.state}</${Badge}> of ${event.route}`;
    case 'done':
      return html`<${Badge} tone=${ENDINGS[event.ending]}>${event.ending.replaceAll('_', ' ')}</${Badge}> <strong><${Masked} text=${event.reason} /></strong>`;
  }
}

const PHASES = { intended: 'intends', done: 'changed', way_back: 'taken back' } as const;

/** How the endings look; the words say the same. */
export const ENDINGS = {
  healed: 'good',
  nothing_to_do: 'good',
  handed_over: 'warn',
  denied: 'warn',
  harmed: 'bad',
} as const;

/** A finished stage: what it came to, who diagnosed, what was masked, and what a naive run read unmasked. */
function StepEntry({ event: { run, step, detail, data, diagnoser } }: { event: Of<'step'> }) {
  const masked = isCounts(data?.masked) ? Object.entries(data.masked) : [];
  const lines = Array.isArray(data?.lines) ? data.lines.map(String) : [];
  return html`<${Badge} tone="dim">${step.replaceAll('_', ' ')}</${Badge}> <${Masked} text=${detail} />
    ${step === 'diagnose' && html` <${Badge} tone="dim">by ${diagnoser}</${Badge}>`}
    ${masked.length > 0 && html`<p>${masked.map(([kind, count]) => html`<mark class="masked">masked: ${count} ${kind}</mark> `)}</p>`}
    ${step === 'diagnose' && html`<${Evidence} diagnosis=${data?.diagnosis} />`}
    ${lines.length > 0 && html`<details><summary>${lines.length} lines that went on unmasked</summary><pre tabindex="0" role="region" aria-label=${`Lines that went on unmasked in ${run}`}>${lines.join('\n')}</pre></details>`}`;
}

function Evidence({ diagnosis }: { diagnosis: unknown }) {
  if (!isObject(diagnosis) || !Array.isArray(diagnosis.evidence)) return null;
  const { evidence, confidence, recommended_action: action, suspected_resource: resource } = diagnosis;
  return html`<details><summary>${String(action).replaceAll('_', ' ')} of ${String(resource ?? 'nothing')}, confidence ${Number(Number(confidence).toPrecision(3))}, ${evidence.length} lines of evidence</summary>
    <ul>${evidence.map((line) => html`<li><${Masked} text=${String(line)} /></li>`)}</ul>
  </details>`;
}

function GateEntry({ event: { run, gate, attempt, verdict, seq } }: { event: Of<'gate'> }) {
  const failed = verdict.checks.filter(({ passed }) => !passed);
  return html`<${Badge} tone=${verdict.passed ? 'good' : 'bad'}>${gate} gate ${verdict.passed ? 'passed' : 'refused'}</${Badge}>
    ${attempt > 1 && html` attempt ${attempt}`}
    ${failed.length > 0 && html`<ul>${failed.map(({ reason }) => html`<li><${Masked} text=${reason} /></li>`)}</ul>`}
    <details>
      <summary>${verdict.checks.length} checks</summary>
      <${Table} label=${`Checks of the ${gate} gate, event ${seq} of ${run}`} head=${['Rule', 'Answer', 'Reason']}>
        ${verdict.checks.map((check) => html`<${Check} check=${check} />`)}
      </${Table}>
    </details>`;
}

const Check = ({ check: { rule, passed, reason } }: { check: RunCheck }) => html`<tr>
  <td>${rule}</td>
  <td><${Badge} tone=${passed ? 'good' : 'bad'}>${passed ? 'passed' : 'refused'}</${Badge}></td>
  <td><${Masked} text=${reason} /></td>
</tr>`;

/** Leads to the record and the version; where the audit does not say which record it is, to the calls of the triage. */
function Place({ seq, records }: { seq: number | undefined; records: Records }) {
  if (seq === undefined) return null;
  const { record, version } = records.get(seq) ?? {};
  return html`<p>
    ${record === undefined ? `audit ${seq}` : html`<${Go} to=${`/audit/${record}`}>audit ${record}</${Go}>`}
    ${
      version !== undefined &&
      html` · <${Go} to=${`/versions${queryOf({ from: String(version - 1), to: String(version) })}`}>version ${version}</${Go}>`
    }
  </p>`;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const isCounts = (value: unknown): value is Record<string, number> =>
  isObject(value) && Object.values(value).every((one) => typeof one === 'number');
