import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { AUDIENCE, openWithIssuer } from '../server/oidc.ts';
import { answerJson, serve } from '../services/http-service/fixture.ts';

/** A server of the attacker, and a token that its key signed in the issuer's name. */
async function openAttacker(issuer: string) {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const server = await serve(
    answerJson({ keys: [{ ...(await exportJWK(publicKey)), kid: 'evil', alg: 'ES256' }] }),
  );
  const now = Math.floor(Date.now() / 1000);
  const token = await new SignJWT({
    iss: issuer,
    aud: AUDIENCE,
    sub: 'agent-7',
    client_id: 'triage-client',
    iat: now,
    exp: now + 60,
  })
    .setProtectedHeader({ alg: 'ES256', kid: 'evil', typ: 'at+jwt' })
    .sign(privateKey);
  return { server, token, url: `http://127.0.0.1:${server.port}/keys` };
}

test('a document that points to keys at another origin is not followed', async () => {
  let attacker: Awaited<ReturnType<typeof openAttacker>> | undefined;
  const one = await openWithIssuer({
    async prepare(issuer) {
      attacker = await openAttacker(issuer.issuer);
      issuer.document.jwks_uri = attacker.url;
    },
  });
  expect((await one.put(attacker?.token ?? '')).status).toBe(503);
  expect(attacker?.server.received).toEqual([]);
  expect(one.puts()).toBe(0);
  expect(one.problems.join()).toContain('--oidc-jwks');
});

test('keys at another origin are taken where the operator named them', async () => {
  const elsewhere = await openWithIssuer();
  const { port } = await serve((_request, response) => answerJson(elsewhere.issuer.jwks)(_request, response));
  const one = await openWithIssuer({
    oidc: { issuer: elsewhere.issuer.issuer, jwks: `http://127.0.0.1:${port}/keys` },
  });
  expect((await one.put(await elsewhere.token())).status).toBe(200);
});

test('a document in another issuer’s name is not believed', async () => {
  const one = await openWithIssuer({
    prepare: (issuer) => {
      issuer.document.issuer = `${issuer.issuer}/`;
    },
  });
  expect((await one.put(await one.token())).status).toBe(503);
  expect(one.puts()).toBe(0);
});

test('a redirect is not followed', async () => {
  const attacker = await openAttacker('https://issuer.example');
  const redirecting = await serve((_request, response) =>
    response.writeHead(302, { location: attacker.url }).end(),
  );
  const one = await openWithIssuer({
    oidc: { issuer: 'https://issuer.example', jwks: `http://127.0.0.1:${redirecting.port}/keys` },
  });
  expect((await one.put(attacker.token)).status).toBe(503);
  expect(attacker.server.received).toEqual([]);
  expect(one.puts()).toBe(0);
});

test.each<[string, (keys: object) => unknown]>([
  ['larger than any set of keys', (keys) => ({ ...keys, padding: 'x'.repeat(300 * 1024) })],
  [
    'of more keys than any issuer has',
    ({ keys: [key] = [] }: { keys?: object[] }) => ({ keys: Array(101).fill(key) }),
  ],
  ['no set of keys', () => ({ keys: 'all' })],
  ['no object', () => []],
])('an answer that is %s is not taken', async (_name, spoil) => {
  const one = await openWithIssuer({
    prepare: (issuer) => {
      issuer.jwks = spoil(issuer.jwks as object);
    },
  });
  expect((await one.put(await one.token())).status).toBe(503);
  expect(one.puts()).toBe(0);
});
