import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { AuditPage, AuditRow } from '../server/console/wire.ts';
import { get, queryOf } from './api.ts';
import { Badge, Problem, Table, Time, toneOf } from './parts.ts';
import { RecordView } from './record-view.ts';
import { Go, go, usePlace } from './route.ts';

const FIELDS = [
  ['principal', 'Principal'],
  ['tool', 'Tool'],
  ['target', 'Target'],
  ['rule', 'Refused by rule'],
  ['event', 'Event'],
  ['since', 'Since'],
  ['until', 'Until'],
  ['text', 'Text'],
] as const;
const OUTCOMES = ['ok', 'error', 'denied', 'cancelled', 'outcome_unknown', 'open'];

/** The audit, newest first. The address holds the question, so that it can be sent to somebody. */
export function AuditView() {
  const { parts, query } = usePlace();
  const [, chain, seq] = parts;
  if (chain !== undefined && seq !== undefined) return html`<${RecordView} chain=${chain} seq=${seq} />`;
  const question = Object.fromEntries(query);
  return html`<${Filters} question=${question} key=${`f${query}`} />
    <${Found} question=${question} key=${`r${query}`} />`;
}

function Filters({ question }: { question: Readonly<Record<string, string>> }) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    go(
      `/audit${queryOf(Object.fromEntries([...form].map(([name, value]) => [name, String(value).trim()])))}`,
    );
  };
  return html`<form class="filters" role="search" aria-label="Filter the audit" onSubmit=${submit}>
    ${FIELDS.map(
      ([name, label]) => html`<label>${label}
        <input name=${name} defaultValue=${question[name] ?? ''} placeholder=${name === 'since' || name === 'until' ? '2026-01-31T12:00Z' : ''} />
      </label>`,
    )}
    <label>Outcome
      <select name="outcome" defaultValue=${question.outcome ?? ''}>
        <option value="" selected=${!question.outcome}>any</option>
        ${OUTCOMES.map((one) => html`<option value=${one} selected=${one === question.outcome}>${one}</option>`)}
      </select>
    </label>
    <div class="actions">
      <button class="main">Search</button>
      <a href=${`/console/api/audit/export${queryOf({ ...question, format: 'csv' })}`} download>Export CSV</a>
      <a href=${`/console/api/audit/export${queryOf({ ...question, format: 'json' })}`} download>Export JSON</a>
    </div>
  </form>`;
}

interface State {
  readonly rows: readonly AuditRow[];
  readonly looked: number;
  readonly next?: string | undefined;
  readonly lookedBackTo?: string | undefined;
  readonly isBusy: boolean;
  readonly problem?: string;
}

/** Rows are added page by page; a search that ran out of time goes on by itself until it has found a page, or is left. */
function Found({ question }: { question: Readonly<Record<string, string>> }) {
  const [state, setState] = useState<State>({ rows: [], looked: 0, isBusy: true });
  const isLeft = useRef(false);
  const search = async (next: string | undefined) => {
    setState((before) => ({ ...before, isBusy: true }));
    let from = next;
    for (let found = 0; ; ) {
      const page: AuditPage = await get('audit', from === undefined ? question : { next: from });
      if (isLeft.current) return;
      found += page.rows.length;
      from = page.next;
      const isMore = from !== undefined && found < 50;
      setState(({ rows, looked }) => ({
        rows: [...rows, ...page.rows],
        looked: looked + page.looked,
        next: page.next,
        lookedBackTo: page.lookedBackTo,
        isBusy: isMore,
      }));
      if (!isMore) return;
    }
  };
  const begin = (next?: string) =>
    search(next).catch((error: Error) =>
      setState((before) => ({ ...before, isBusy: false, problem: error.message })),
    );
  useEffect(() => {
    isLeft.current = false;
    void begin();
    return () => {
      isLeft.current = true;
    };
  }, []);
  const { rows, looked, next, lookedBackTo, isBusy, problem } = state;
  return html`
    <${Problem} text=${problem} />
    <p role="status" class="dim">
      ${rows.length} found, ${looked.toLocaleString('en')} looked at${isBusy ? ' so far ...' : ''}${isBusy && lookedBackTo ? html`, back to <${Time} at=${lookedBackTo} />` : ''}
    </p>
    <${Table} label="Calls and events" head=${['Time', 'Who', 'What', 'Target', 'Outcome', 'ms', 'Record']}>
      ${rows.map((row) => html`<${Row} row=${row} key=${`${row.chain}/${row.seq}`} />`)}
    </${Table}>
    ${next && !isBusy && html`<button type="button" onClick=${() => begin(next)}>Older</button>`}
    ${!next && !isBusy && !problem && html`<p class="dim">This is the beginning of the audit.</p>`}`;
}

const Row = ({ row }: { row: AuditRow }) => html`<tr>
  <td><${Time} at=${row.time} /></td>
  <td>${row.principal}</td>
  <td>${row.kind === 'event' ? html`<em>${row.what}</em>` : html`<code>${row.what}</code>`}</td>
  <td>${row.target ?? ''}</td>
  <td>${row.outcome && html`<${Badge} tone=${toneOf(row.outcome)}>${row.outcome}</${Badge}>`} ${row.refusedRules.join(', ')}</td>
  <td class="number">${row.duration_ms?.toFixed(1) ?? ''}</td>
  <td><${Go} to=${`/audit/${row.chain}/${row.seq}`}>${row.chain}/${row.seq}</${Go}></td>
</tr>`;
