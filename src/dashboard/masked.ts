import { html } from 'htm/preact';

/** What stands in the place of a secret: the redactor's numbered names, and the labels of credentials. */
const PLACEHOLDER = /(\{[a-z][a-z-]{1,40}#\d{1,9}\}|\{(?:password|user|token|secret|credential)\})/;

/** A text in which everything that was masked is marked, for the eye and for who does not see. */
export const Masked = ({ text }: { text: string }) =>
  html`${text
    .split(PLACEHOLDER)
    .map((part, at) =>
      at % 2 === 1
        ? html`<mark class="masked" title="masked before anything was stored or sent on"><span class="unseen">masked: </span>${part}</mark>`
        : part,
    )}`;
