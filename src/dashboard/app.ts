import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Pulse, Who } from '../server/console/wire.ts';
import { get, post } from './api.ts';
import { ApprovalsView } from './approvals-view.ts';
import { AuditView } from './audit-view.ts';
import { HealthView } from './health-view.ts';
import { Problem } from './parts.ts';
import { Go, usePlace } from './route.ts';
import { RunsView } from './runs-view.ts';
import { SignIn } from './sign-in.ts';
import { StackView } from './stack-view.ts';
import { VersionsView } from './versions-view.ts';

/** What every view is given. */
export interface ViewProps {
  readonly who: Who;
  readonly pulse: Pulse | undefined;
}

/** The views in the order of the menu; each name is also the first part of its address. */
const VIEWS = [
  { name: 'stack', title: 'Stack', view: StackView },
  { name: 'runs', title: 'Runs', view: RunsView },
  { name: 'audit', title: 'Audit', view: AuditView },
  { name: 'versions', title: 'Versions', view: VersionsView },
  { name: 'approvals', title: 'Approvals', view: ApprovalsView },
  { name: 'health', title: 'Health', view: HealthView },
] as const;

export function App() {
  const [who, setWho] = useState<Who>();
  const [problem, setProblem] = useState<string>();
  const ask = () => {
    get<Who>('session').then(setWho, (error: Error) => setProblem(error.message));
  };
  useEffect(() => {
    ask();
    window.addEventListener('signed-out', ask);
    return () => window.removeEventListener('signed-out', ask);
  }, []);
  if (!who) return html`<main class="lonely"><h1>Stackward</h1><${Problem} text=${problem} /></main>`;
  if (!who.operator) return html`<${SignIn} who=${who} onSigned=${setWho} />`;
  return html`<${Console} who=${who} onSignedOut=${setWho} />`;
}

function Console({ who, onSignedOut }: { who: Who; onSignedOut(who: Who): void }) {
  const { pulse, isLive } = usePulse();
  const { parts } = usePlace();
  const current = VIEWS.find(({ name }) => name === parts[0]) ?? VIEWS[0];
  const heading = useRef<HTMLHeadingElement>(null);
  const isFirst = useRef(true);
  // A new view begins at its heading, for who does not see that it is new.
  useEffect(() => {
    document.title = `${current.title} · ${who.stack} · Stackward`;
    if (!isFirst.current) heading.current?.focus();
    isFirst.current = false;
  }, [current.name]);
  const waiting = pulse?.waiting.length ?? 0;
  return html`
    <a class="skip" href="#main">Skip to the content</a>
    <header>
      <strong class="name">${who.stack}</strong>
      <nav aria-label="Views">
        ${VIEWS.map(
          ({ name, title }) => html`<${Go} to=${`/${name}`} current=${name === current.name}>
            ${title}${name === 'approvals' && waiting > 0 ? html` <span class="count">${waiting}<span class="unseen"> waiting</span></span>` : ''}
          </${Go}>`,
        )}
      </nav>
      <${Operator} who=${who} onSignedOut=${onSignedOut} />
    </header>
    <${Banners} pulse=${pulse} isLive=${isLive} />
    <main id="main">
      <h1 tabindex="-1" ref=${heading}>${current.title}</h1>
      <${current.view} who=${who} pulse=${pulse} />
    </main>`;
}

function Operator({ who, onSignedOut }: { who: Who; onSignedOut(who: Who): void }) {
  const { operator, signIn, hint } = who;
  return html`<div class="operator">
    <span title=${hint}>${operator?.name}${operator?.mayDecide ? '' : ' (looking only)'}</span>
    ${
      signIn === 'token' &&
      html`<button type="button" class="quiet" onClick=${() => post<Who>('session/end').then(onSignedOut)}>Sign out</button>`
    }
  </div>`;
}

/** What concerns every view; told to a screen reader as it comes. */
const Banners = ({ pulse, isLive }: { pulse: Pulse | undefined; isLive: boolean }) =>
  html`<div role="status" class="banners">
    ${pulse && pulse.killSwitch !== 'off' && html`<p class="banner bad">All writes are stopped${pulse.killSwitch === 'unreadable' ? ': the kill switch cannot be read' : ' by the kill switch'}.</p>`}
    ${pulse?.auditWritable === false && html`<p class="banner bad">The audit cannot be written, so every call is refused.</p>`}
    ${!isLive && html`<p class="banner warn">The server does not answer; what you see may be old.</p>`}
  </div>`;

/** Follows the server's pulse. The browser connects anew by itself. */
function usePulse(): { pulse: Pulse | undefined; isLive: boolean } {
  const [pulse, setPulse] = useState<Pulse>();
  const [isLive, setLive] = useState(true);
  useEffect(() => {
    const source = new EventSource('/console/api/pulse');
    source.addEventListener('pulse', ({ data }) => {
      setLive(true);
      setPulse(JSON.parse(data));
    });
    source.addEventListener('ended', () => window.dispatchEvent(new Event('signed-out')));
    source.addEventListener('error', () => {
      setLive(false);
      // Turned away rather than cut off: the browser does not come back by itself. Whose token was taken back meanwhile signs in again.
      if (source.readyState === EventSource.CLOSED)
        get<Who>('session').then(
          ({ operator }) => operator ?? window.dispatchEvent(new Event('signed-out')),
          () => {},
        );
    });
    return () => source.close();
  }, []);
  return { pulse, isLive };
}
