import { expect, test } from 'vitest';
import { legacyCall, modernCall, openSession, type RawAnswer, send } from './raw-http.ts';
import { openServed } from './served.ts';

/** Calls that end in every way that a reading call can. */
const CALLS: readonly (readonly [string, unknown])[] = [
  ['box_get', { target: 'store/a', key: 'k' }],
  ['box_get', { target: 'store/a', key: '' }],
  ['box_get', { target: 'store/a', key: 'k', more: 1 }],
  ['box_get', { target: 'store/gone', key: 'k' }],
  ['box_get', { key: 'k' }],
  ['box_get', {}],
  ['box_get', undefined],
  ['box_fail', { target: 'store/a', known: true }],
  ['box_fail', { target: 'store/a', known: false }],
  ['box_wait', { target: 'store/a', ms: 0 }],
  ['stack_components', {}],
  ['stack_explain_access', { component: 'store' }],
];

/** What differs between any two calls. */
const told = ({ status, json }: RawAnswer) =>
  JSON.parse(
    JSON.stringify({ status, json })
      .replaceAll(/stackward-\w{6}/g, 'DIR')
      .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
      .replaceAll(/"seq":\d+|audit \d+|"id":\d+/g, 'N')
      .replaceAll('{N', '{"n":0')
      .replaceAll(',N', ',"n":0'),
  );

test.each([
  ['2025-11-25', undefined],
  ['2026-07-28', undefined],
])('the shorter way says of every call what the SDK’s way says, in %s', async (revision) => {
  // Any extension may talk with the client, so all calls go the SDK’s way then.
  const [shorter, sdk] = [await openServed(), await openServed({ extension: {} })];
  const answersOf = async (url: string) => {
    const session = await openSession(url);
    const answers: unknown[] = [];
    for (const [name, args] of CALLS)
      answers.push(
        told(
          revision === '2025-11-25'
            ? await send(`${url}/mcp`, { headers: session, body: legacyCall(name, args) })
            : await modernCall(url, name, args),
        ),
      );
    return answers;
  };
  expect(await answersOf(shorter.url)).toEqual(await answersOf(sdk.url));
});
