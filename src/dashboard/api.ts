import { useCallback, useEffect, useState } from 'preact/hooks';

const API = '/console/api/';

/** What the server refused, and why. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Throws Refused, also where the server cannot be reached. */
async function request<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(API + path, { ...init, credentials: 'same-origin' }).catch(() => {
    throw new Refused(0, 'the server does not answer');
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) return body as T;
  if (response.status === 401 && path !== 'session') window.dispatchEvent(new Event('signed-out'));
  const { message = `the server answered ${response.status}` } =
    (body as { error?: { message?: string } } | undefined)?.error ?? {};
  throw new Refused(response.status, message);
}

export const get = <T>(path: string, query: Readonly<Record<string, string | undefined>> = {}): Promise<T> =>
  request<T>(path + queryOf(query));

export const post = <T>(path: string, body: unknown = {}): Promise<T> =>
  request<T>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** `?a=b`, without what is not set. */
export function queryOf(query: Readonly<Record<string, string | undefined>>): string {
  const set = Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return set.length === 0 ? '' : `?${new URLSearchParams(set)}`;
}

export interface Loaded<T> {
  /** What was loaded last; it stays while newer is on its way. */
  readonly data: T | undefined;
  readonly problem: string | undefined;
  again(): void;
}

/** Loads anew whenever `path` or `stamp` changes; an answer that was overtaken is dropped. */
export function useLoaded<T>(path: string | undefined, stamp: unknown = 0): Loaded<T> {
  const [data, setData] = useState<T>();
  const [problem, setProblem] = useState<string>();
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (path === undefined) return;
    let isCurrent = true;
    get<T>(path).then(
      (found) => {
        if (!isCurrent) return;
        setData(found);
        setProblem(undefined);
      },
      (error: Error) => isCurrent && setProblem(error.message),
    );
    return () => {
      isCurrent = false;
    };
  }, [path, stamp, turn]);
  return { data, problem, again: useCallback(() => setTurn((now) => now + 1), []) };
}
