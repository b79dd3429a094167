import { html } from 'htm/preact';
import type { RecordPlace, ShownRecord } from '../server/console/wire.ts';
import { queryOf, useLoaded } from './api.ts';
import { Badge, Code, Facts, Problem, Table, Time, toneOf } from './parts.ts';
import { Go } from './route.ts';

const TONES: Readonly<Record<RecordPlace['verdict'], string>> = {
  sealed: 'good',
  linked: 'dim',
  broken: 'bad',
};
const SAID: Readonly<Record<RecordPlace['verdict'], string>> = {
  sealed: 'verifies, sealed',
  linked: 'fits, not sealed yet',
  broken: 'does not verify',
};

/** One call or event, whole. Its address leads to the same record for as long as the audit is kept. */
export function RecordView({ chain, seq }: { chain: string; seq: string }) {
  const { data, problem } = useLoaded<ShownRecord>(`audit/record${queryOf({ chain, seq })}`);
  if (!data) return html`<${Problem} text=${problem} /><p><${Go} to="/audit">The whole audit</${Go}></p>`;
  return html`
    <p><${Go} to="/audit">The whole audit</${Go}></p>
    <h2>${data.what} <span class="dim">record ${data.chain}/${data.seq}</span></h2>
    <${Facts} facts=${[
      ['When', html`<${Time} at=${data.time} />`],
      ['Who', data.principal],
      ['Outcome', data.outcome && html`<${Badge} tone=${toneOf(data.outcome)}>${data.outcome}</${Badge}>`],
      ['Took', data.duration_ms === undefined ? '' : `${data.duration_ms} ms`],
      ['Stack version', String(data.version)],
      ['Topology', html`<code>${data.topology.slice(0, 16)}</code>`],
    ]} />
    ${
      data.checks.length > 0 &&
      html`<section aria-labelledby="verdict">
        <h2 id="verdict">Verdict of the gate</h2>
        <${Table} label="Rules that were asked" head=${['Rule', 'Answer', 'Reason']}>
          ${data.checks.map(
            ({ rule, passed, reason }) => html`<tr>
              <td>${rule}</td>
              <td><${Badge} tone=${passed ? 'good' : 'bad'}>${passed ? 'passed' : 'refused'}</${Badge}></td>
              <td>${reason}</td>
            </tr>`,
          )}
        </${Table}>
      </section>`
    }
    <section aria-labelledby="chain-heading">
      <h2 id="chain-heading">Place in the chain</h2>
      <${Table} label="Records of this call in the chain" head=${['Record', 'State', 'Why', 'Hash', 'Hash of the record before']}>
        ${data.places.map(
          (place) => html`<tr>
            <td>${place.seq} ${place.kind}</td>
            <td><${Badge} tone=${TONES[place.verdict]}>${SAID[place.verdict]}</${Badge}></td>
            <td>${place.says}</td>
            <td><code>${place.hash.slice(0, 16)}</code></td>
            <td><code>${place.prev.slice(0, 16)}</code></td>
          </tr>`,
        )}
      </${Table}>
    </section>
    <section aria-labelledby="request"><h2 id="request">Record</h2><${Code} label="Request record" text=${data.request} /></section>
    ${data.response && html`<section aria-labelledby="response"><h2 id="response">Response</h2><${Code} label="Response record" text=${data.response} /></section>`}`;
}
