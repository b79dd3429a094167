import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

/** A word with a colour; the word alone says everything. */
export const Badge = ({ tone, children }: { tone: string; children?: ComponentChildren }) =>
  html`<span class=${`badge ${tone}`}>${children}</span>`;

export const Problem = ({ text }: { text: string | undefined }) =>
  text === undefined ? null : html`<p class="problem" role="alert">${text}</p>`;

/** A table that scrolls within its own box, which the keyboard reaches too. */
export const Table = ({
  label,
  head,
  children,
}: {
  label: string;
  head: readonly string[];
  children?: ComponentChildren;
}) => html`<div class="scroll" role="region" aria-label=${label} tabindex="0">
  <table>
    <caption class="unseen">${label}</caption>
    <thead><tr>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
    <tbody>${children}</tbody>
  </table>
</div>`;

export const Facts = ({ facts }: { facts: readonly (readonly [string, ComponentChildren])[] }) =>
  html`<dl class="facts">
    ${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
  </dl>`;

export const Code = ({ label, text }: { label: string; text: string }) =>
  html`<pre tabindex="0" role="region" aria-label=${label}>${text}</pre>`;

interface DecideProps {
  /** What the reason is for, as a label. */
  readonly label: string;
  readonly actions: readonly { name: string; tone: string; run(reason: string): Promise<unknown> }[];
}

/** A reason and the buttons that need one. Buttons stay off until there is a reason and while one of them runs. */
export function Decide({ label, actions }: DecideProps) {
  const [reason, setReason] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const run = (action: DecideProps['actions'][number]) => {
    setBusy(true);
    setProblem(undefined);
    action
      .run(reason)
      .then(
        () => setReason(''),
        (error: Error) => setProblem(error.message),
      )
      .finally(() => setBusy(false));
  };
  return html`<form class="decide" onSubmit=${(event: Event) => event.preventDefault()}>
    <label>${label}
      <input
        value=${reason}
        maxlength="500"
        required
        onInput=${(event: InputEvent) => setReason((event.target as HTMLInputElement).value)}
      />
    </label>
    ${actions.map(
      (action) => html`<button
        type="button"
        class=${action.tone}
        disabled=${isBusy || reason.trim() === ''}
        onClick=${() => run(action)}
      >${action.name}</button>`,
    )}
    <${Problem} text=${problem} />
  </form>`;
}

export const toneOf = (outcome: string | undefined): string =>
  ({ ok: 'good', denied: 'warn', error: 'bad', outcome_unknown: 'bad', cancelled: 'dim' })[outcome ?? ''] ??
  'dim';

/** `2026-11-25 15:04:05` in the reader's own time zone; the title has the exact words. */
export const Time = ({ at }: { at: string }) => {
  const date = new Date(at);
  const text = Number.isNaN(date.getTime()) ? at : date.toLocaleString('sv-SE');
  return html`<time datetime=${at} title=${at}>${text}</time>`;
};
