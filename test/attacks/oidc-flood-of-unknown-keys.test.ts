import { expect, test } from 'vitest';
import { openWithIssuer } from '../server/oidc.ts';

test('tokens of made-up keys do not make this server knock at its issuer', async () => {
  const { put, token, issuer, puts } = await openWithIssuer();
  expect((await put(await token())).status).toBe(200);
  issuer.forget();
  const made = await Promise.all(
    Array.from({ length: 40 }, (_, at) => token({ header: { kid: `made-up-${at}` } })),
  );
  const answers = await Promise.all(made.map(put));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
  expect(issuer.requests).toEqual([]);
  expect(puts()).toBe(1);
});

test('while the issuer is away it is asked once, however many tokens come', async () => {
  const { put, token, issuer, puts } = await openWithIssuer({
    prepare: (one) => one.breakWith(500),
    oidc: { timing: { afterFailure: 60_000 } },
  });
  await put(await token());
  const asked = issuer.requests.length;
  for (let at = 0; at < 20; at += 1) expect((await put(await token())).status).toBe(503);
  expect(issuer.requests.length).toBe(asked);
  expect(asked).toBeLessThanOrEqual(2);
  expect(puts()).toBe(0);
});
