import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import type { LinkDetail, ShownLink, ShownStack } from '../server/console/wire.ts';
import { queryOf, useLoaded } from './api.ts';
import type { ViewProps } from './app.ts';
import { GraphDrawing } from './graph-drawing.ts';
import { Badge, Problem, Table } from './parts.ts';
import { go, usePlace } from './route.ts';

const WORDS: Readonly<Record<ShownLink['access'], string>> = {
  write: 'writes on',
  read: 'reads; writes off',
  capped: 'capped to reading',
  protected: 'protected',
  external: 'external',
  metadata: 'metadata only',
};

const keyOf = ({ from, to, type }: ShownLink): string => `${from}>${to}>${type}`;

/** The topology in force, and what each link of it opens, for the stack's own client or for an agent. */
export function StackView({ pulse }: ViewProps) {
  const { query } = usePlace();
  const as = query.get('as') ?? undefined;
  const stamp = `${pulse?.topology} ${pulse?.broken.join()}`;
  const { data: stack, problem } = useLoaded<ShownStack>(`stack${queryOf({ as })}`, stamp);
  const [words, setWords] = useState('');
  if (!stack) return html`<${Problem} text=${problem} />`;
  const chosenKey = query.get('link');
  const chosen = stack.links.find((link) => keyOf(link) === chosenKey);
  const choose = (link: ShownLink) => go(`/stack${queryOf({ as, link: keyOf(link) })}`, { replace: true });
  return html`
    <${Problem} text=${problem} />
    <div class="tools">
      <label>Seen as
        <select value=${stack.principal} onChange=${(event: Event) => {
          const name = (event.target as HTMLSelectElement).value;
          go(`/stack${queryOf({ as: name === 'stack' ? undefined : name, link: chosenKey ?? undefined })}`);
        }}>
          ${stack.principals.map((name) => html`<option value=${name}>${name === 'stack' ? 'the stack’s own client' : `agent ${name}`}</option>`)}
        </select>
      </label>
      <label>Find
        <input type="search" value=${words} onInput=${(event: InputEvent) => setWords((event.target as HTMLInputElement).value)} />
      </label>
      <p role="status" class="dim">${stack.components.length} components, ${stack.links.length} links, topology <code>${stack.hash.slice(0, 12)}</code></p>
    </div>
    <ul class="legend" aria-label="Colours of links">
      ${Object.entries(WORDS).map(([access, text]) => html`<li><span class=${`key ${access}`}></span>${text}</li>`)}
    </ul>
    <${GraphDrawing} stack=${stack} chosen=${chosen} onChoose=${choose} />
    ${chosen && html`<${LinkPanel} link=${chosen} as=${stack.principal} stamp=${stamp} />`}
    ${chosenKey && !chosen && html`<p role="status" class="gone">The link is not drawn any more, and its tools are gone.</p>`}
    <${LinkList} links=${stack.links} words=${words} chosen=${chosen} onChoose=${choose} />`;
}

const MOST_LISTED = 100;

function LinkList({
  links,
  words,
  chosen,
  onChoose,
}: {
  links: readonly ShownLink[];
  words: string;
  chosen: ShownLink | undefined;
  onChoose(link: ShownLink): void;
}) {
  const [most, setMost] = useState(MOST_LISTED);
  const found = links.filter(({ from, to, type }) => `${from} ${type} ${to}`.includes(words.trim()));
  return html`<section aria-labelledby="links">
    <h2 id="links">Links</h2>
    <${Table} label="Links of the topology" head=${['From', 'Link', 'To', 'Access', 'Line']}>
      ${found.slice(0, most).map(
        (link) => html`<tr class=${link.counts ? '' : 'out'}>
          <td>${link.from}</td>
          <td><button type="button" class="quiet" aria-pressed=${link === chosen} onClick=${() => onChoose(link)}>${link.type}<span class="unseen"> from ${link.from} to ${link.to}</span></button></td>
          <td>${link.to}${link.subs.length > 0 ? html` <span class="dim">${link.subs.join(', ')}</span>` : ''}</td>
          <td><${Badge} tone=${link.access}>${WORDS[link.access]}</${Badge}>${link.counts ? '' : html` <span class="dim">not for this principal</span>`}</td>
          <td>${link.line}</td>
        </tr>`,
      )}
    </${Table}>
    ${found.length > most && html`<button type="button" onClick=${() => setMost(most + 200)}>Show more of ${found.length}</button>`}
  </section>`;
}

function LinkPanel({ link, as, stamp }: { link: ShownLink; as: string; stamp: string }) {
  const { from, to, type } = link;
  const path = `stack/link${queryOf({ from, to, type, as })}`;
  const { data, problem } = useLoaded<LinkDetail>(path, stamp);
  return html`<section class="panel" aria-labelledby="chosen" aria-live="polite">
    <h2 id="chosen">${from} ${type} ${to}</h2>
    <p><${Badge} tone=${link.access}>${WORDS[link.access]}</${Badge}> seen as ${as}, drawn at line ${link.line}</p>
    <${Problem} text=${problem} />
    ${
      data &&
      html`<p>${
        data.flags.length > 0 &&
        data.flags.map(
          ({ variable, value, on }) =>
            html`<${Badge} tone=${on ? 'write' : 'dim'}>${variable}=${value ?? '(not set)'}</${Badge}> `,
        )
      }</p>
      ${
        data.operations.length === 0
          ? html`<p>This link yields no tools.</p>`
          : html`<${Table} label="What the link opens" head=${['Tool', 'Target', 'State', 'Why']}>
              ${data.operations.map(
                (one) => html`<tr>
                  <td><code>${one.tool}</code> ${one.access === 'write' ? html`<${Badge} tone="write">writes</${Badge}>` : ''}</td>
                  <td>${one.target}</td>
                  <td><${Badge} tone=${one.allowed ? 'good' : 'dim'}>${one.allowed ? 'there' : 'absent'}</${Badge}></td>
                  <td>${one.reasons.map((reason) => html`<div>${reason}</div>`)}</td>
                </tr>`,
              )}
            </${Table}>`
      }`
    }
  </section>`;
}
