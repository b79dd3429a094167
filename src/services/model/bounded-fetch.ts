import { readBounded } from '../../toolset/http/read-bounded.ts';

/** More than this no answer to our questions takes. Bytes. */
const MOST = 1024 * 1024;

/** `fetch` that follows no redirect and reads no endless answer: a key must not be carried elsewhere. */
export const boundedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, { ...init, redirect: 'error' });
  const text = await readBounded(response, MOST, 'the model answers too much');
  const { status, headers } = response;
  const kept = new Headers(headers);
  // The body is decoded by now, so what said how it was packed no longer holds.
  for (const name of ['content-encoding', 'content-length']) kept.delete(name);
  return new Response(text, { status, headers: kept });
};
