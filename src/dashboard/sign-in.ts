import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import type { Who } from '../server/console/wire.ts';
import { post } from './api.ts';
import { Problem } from './parts.ts';

export function SignIn({ who, onSigned }: { who: Who; onSigned(who: Who): void }) {
  const [problem, setProblem] = useState<string>();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const field = (event.target as HTMLFormElement).elements.namedItem('token');
    if (!(field instanceof HTMLInputElement)) return;
    const token = field.value;
    // The token stays nowhere in the page; the session lies in a cookie that no script can read.
    field.value = '';
    post<Who>('session', { token }).then(onSigned, (error: Error) => {
      setProblem(error.message);
      field.focus();
    });
  };
  return html`<main class="lonely">
    <h1>Stackward</h1>
    ${
      who.signIn === 'closed'
        ? html`<p>${who.hint}.</p>`
        : html`<form onSubmit=${submit}>
            <label>Token of an operator
              <input name="token" type="password" autocomplete="off" required aria-describedby="hint" />
            </label>
            <p id="hint" class="dim"><code>stackward token create stack</code> makes one.</p>
            <button class="main">Sign in</button>
            <${Problem} text=${problem} />
          </form>`
    }
  </main>`;
}
