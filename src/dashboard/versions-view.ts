import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import type { ResourceDiff, ShownVersions, StackDiff, VersionSummary } from '../server/console/wire.ts';
import { queryOf, useLoaded } from './api.ts';
import type { ViewProps } from './app.ts';
import { Badge, Problem, Table, Time } from './parts.ts';
import { RollbackPanel, Unfinished } from './rollback-panel.ts';
import { Go, go, usePlace } from './route.ts';

/** The versions of the stack: what differs between two, and the way back to one. */
export function VersionsView({ who, pulse }: ViewProps) {
  const { query } = usePlace();
  const before = query.get('before') ?? undefined;
  const [from, to, back] = [query.get('from'), query.get('to'), query.get('back')];
  const [component, resumed] = [query.get('component') ?? undefined, query.get('resumed') ?? undefined];
  const { data, problem, again } = useLoaded<ShownVersions>(
    `versions${queryOf({ before })}`,
    `${pulse?.version} ${back}`,
  );
  const [said, setSaid] = useState('');
  const givenUp = (verdict: string) => {
    setSaid(verdict);
    again();
  };
  if (!data) return html`<${Problem} text=${problem} />`;
  return html`
    <${Problem} text=${problem} />
    <p role="status">${said}</p>
    ${back === null && data.unfinished && html`<${Unfinished} report=${data.unfinished} who=${who} onGivenUp=${givenUp} />`}
    ${back !== null && html`<${RollbackPanel} to=${back} component=${component} resumed=${resumed} who=${who} key=${`${back} ${component} ${resumed}`} />`}
    ${from !== null && to !== null && html`<${Difference} from=${from} to=${to} />`}
    <${Compare} versions=${data.versions} from=${from} to=${to} />
    <${Timeline} versions=${data.versions} />
    ${
      data.more &&
      html`<p><${Go} to=${`/versions${queryOf({ before: String(data.versions.at(-1)?.number ?? '') })}`}>Older</${Go}></p>`
    }`;
}

function Compare({
  versions,
  from,
  to,
}: {
  versions: readonly VersionSummary[];
  from: string | null;
  to: string | null;
}) {
  const [latest, earlier] = versions;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    go(`/versions${queryOf({ from: String(form.get('from')), to: String(form.get('to')) })}`);
  };
  return html`<form class="tools" aria-label="Compare two versions" onSubmit=${submit}>
    <label>From version<input name="from" inputmode="numeric" required defaultValue=${from ?? earlier?.number ?? ''} /></label>
    <label>to version<input name="to" inputmode="numeric" required defaultValue=${to ?? latest?.number ?? ''} /></label>
    <button>Compare</button>
  </form>`;
}

const Timeline = ({ versions }: { versions: readonly VersionSummary[] }) => html`
  <${Table} label="Versions, newest first" head=${['Version', 'When', 'What', 'By', 'Outcome', 'Way back']}>
    ${versions.map(
      (one) => html`<tr key=${one.number}>
        <td>${one.number}</td>
        <td><${Time} at=${one.time} /></td>
        <td><${Badge} tone="dim">${one.cause}</${Badge}> ${one.tool && html`<code>${one.tool}</code> on ${one.target}`} ${one.note ?? ''}
          ${one.of === undefined ? '' : ` of version ${one.of}`}
          <div class="dim">${one.resources?.join(', ')}</div></td>
        <td>${one.by}</td>
        <td>${one.outcome ?? ''}</td>
        <td><${Go} to=${`/versions${queryOf({ back: String(one.number) })}`}>Back to ${one.number}</${Go}></td>
      </tr>`,
    )}
  </${Table}>`;

function Difference({ from, to }: { from: string; to: string }) {
  const { data, problem } = useLoaded<StackDiff>(`versions/diff${queryOf({ from, to })}`);
  if (!data) return html`<${Problem} text=${problem} />`;
  const isSame = data.topology.length + data.resources.length + data.secrets.length === 0;
  return html`<section class="panel" aria-labelledby="difference" aria-live="polite">
    <h2 id="difference">From version ${from} to ${to}</h2>
    ${isSame && html`<p>Nothing that was captured differs.</p>`}
    ${
      data.topology.length > 0 &&
      html`<h3>Topology</h3><pre tabindex="0" role="region" aria-label="Lines of the topology that differ">${data.topology.map(
        (line) =>
          html`<span class=${line.startsWith('+') ? 'came' : line.startsWith('-') ? 'went' : ''}>${line}${'\n'}</span>`,
      )}</pre>`
    }
    ${data.resources.length > 0 && html`<${Resources} resources=${data.resources} label="Configuration that differs" />`}
    ${data.secrets.length > 0 && html`<p>Credentials that changed: ${data.secrets.join(', ')}</p>`}
    ${Object.entries(data.unknown).map(([name, why]) => html`<p class="dim">${name}: ${why}</p>`)}
  </section>`;
}

export const Resources = ({ resources, label }: { resources: readonly ResourceDiff[]; label: string }) =>
  html`<${Table} label=${label} head=${['Component', 'Resource', 'Field', 'From', 'To']}>
    ${resources.flatMap(({ component, resource, change, fields }) =>
      fields.length === 0
        ? [html`<tr><td>${component}</td><td>${resource}</td><td>${change}</td><td></td><td></td></tr>`]
        : fields.map(
            (one) => html`<tr>
              <td>${component}</td>
              <td>${resource} <${Badge} tone="dim">${change}</${Badge}></td>
              <td>${one.field}</td>
              <td><code>${JSON.stringify(one.from)}</code></td>
              <td><code>${JSON.stringify(one.to)}</code></td>
            </tr>`,
          ),
    )}
  </${Table}>`;
