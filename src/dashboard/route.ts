import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

const BASE = '/console';

/** The place that the address names: `audit/0001/42` and its query. */
export interface Place {
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
}

const placeNow = (): Place => ({
  parts: location.pathname.slice(BASE.length).split('/').filter(Boolean).map(decoded),
  query: new URLSearchParams(location.search),
});

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Goes to a place of the console, such as `/audit?tool=pg_query`. */
export function go(path: string, { replace = false }: { replace?: boolean } = {}): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', BASE + path);
  window.dispatchEvent(new PopStateEvent('popstate'));
}

export function usePlace(): Place {
  const [place, setPlace] = useState(placeNow);
  useEffect(() => {
    const follow = () => setPlace(placeNow());
    window.addEventListener('popstate', follow);
    return () => window.removeEventListener('popstate', follow);
  }, []);
  return place;
}

interface LinkProps {
  readonly to: string;
  readonly current?: boolean;
  readonly children?: ComponentChildren;
}

/** A link within the console; with a modifier key it is an ordinary one. */
export const Go = ({ to, current, children }: LinkProps) => html`<a
  href=${BASE + to}
  aria-current=${current ? 'page' : undefined}
  onClick=${(event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(to);
  }}
  >${children}</a
>`;
