import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import type { ShownApproval } from '../server/console/wire.ts';
import { post, useLoaded } from './api.ts';
import type { ViewProps } from './app.ts';
import { Badge, Code, Decide, Facts, Problem, Table, Time } from './parts.ts';

/** The writes that wait for a human, and what became of those asked lately. */
export function ApprovalsView({ who, pulse }: ViewProps) {
  const { data, problem, again } = useLoaded<readonly ShownApproval[]>('approvals', pulse?.waiting.join());
  const [said, setSaid] = useState('');
  const waiting = data?.filter(({ state }) => state === 'waiting') ?? [];
  const past = data?.filter(({ state }) => state !== 'waiting') ?? [];
  const decide = async (id: string, decision: 'approved' | 'refused', reason: string) => {
    await post('approvals/decide', { id, decision, reason }).finally(again);
    setSaid(`${decision} ${id}${decision === 'approved' ? '; the same call may now be made once' : ''}`);
  };
  return html`
    <${Problem} text=${problem} />
    <p role="status">${said}</p>
    ${data && waiting.length === 0 && html`<p>Nothing waits for approval.</p>`}
    ${waiting.map(
      (one) => html`<article class="panel" key=${one.id} aria-labelledby=${one.id}>
        <h2 id=${one.id}>${one.principal} wants <code>${one.tool}</code> on ${one.target}</h2>
        <${Shown} one=${one} />
        ${
          who.operator?.mayDecide
            ? html`<${Decide}
                label="Reason, kept with the decision and in the audit"
                actions=${[
                  {
                    name: 'Approve',
                    tone: 'main',
                    run: (reason: string) => decide(one.id, 'approved', reason),
                  },
                  {
                    name: 'Refuse',
                    tone: 'danger',
                    run: (reason: string) => decide(one.id, 'refused', reason),
                  },
                ]}
              />`
            : html`<p class="dim">${who.hint}</p>`
        }
      </article>`,
    )}
    ${
      past.length > 0 &&
      html`<section aria-labelledby="past"><h2 id="past">Lately</h2>
        <${Table} label="Requests that were answered or expired" head=${['Id', 'Who', 'Tool', 'Target', 'State', 'Asked']}>
          ${past.map(
            (one) => html`<tr>
              <td><code>${one.id}</code></td>
              <td>${one.principal}</td>
              <td><code>${one.tool}</code></td>
              <td>${one.target}</td>
              <td><${Badge} tone=${one.state === 'refused' ? 'warn' : 'dim'}>${one.state}</${Badge}></td>
              <td><${Time} at=${one.created} /></td>
            </tr>`,
          )}
        </${Table}>
      </section>`
    }`;
}

const Shown = ({ one }: { one: ShownApproval }) => html`
  <${Facts} facts=${[
    ['Request', html`<code>${one.id}</code>`],
    ['Why it asks', one.why],
    ['Changes', html`<ul>${one.resources.map((name) => html`<li><code>${name}</code></li>`)}</ul>`],
    ['Way back', one.way_back],
    ['Used by', one.affected.length === 0 ? 'nothing that is drawn' : one.affected.join(', ')],
    ['Until', html`<${Time} at=${one.expires} />`],
  ]} />
  ${!one.current && html`<p class="problem">The topology changed since this was asked: an approval would not fit the call any more.</p>`}
  <${Code} label="Arguments, masked" text=${one.arguments} />`;
