import { createHmac, generateKeyPairSync } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { AUDIENCE, openWithIssuer, type WithIssuer } from '../server/oidc.ts';
import { answerJson, serve } from '../services/http-service/fixture.ts';

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decoded = (part: string | undefined) => JSON.parse(Buffer.from(part ?? '', 'base64url').toString());
const now = () => Math.floor(Date.now() / 1000);

/** The claims of a good token of the issuer. */
const claimsOf = async ({ token }: WithIssuer) => decoded((await token()).split('.')[1]);

const expectRefused = async (one: WithIssuer, token: string) => {
  const { status, headers, text } = await one.put(token);
  expect(status).toBe(401);
  expect(headers['www-authenticate']).toMatch(/^Bearer .*error="invalid_token"/);
  for (const part of token.split('.').filter((words) => words.length > 12)) {
    expect(text).not.toContain(part);
    expect(String(headers['www-authenticate'])).not.toContain(part);
  }
  expect(one.puts()).toBe(0);
};

test('the true token runs: the attacks below differ from it in one thing', async () => {
  const one = await openWithIssuer();
  await one.put(await one.token());
  expect(one.puts()).toBe(1);
});

test.each<[string, (one: WithIssuer) => Promise<string>]>([
  ['of another key by the same name', async (one) => signElsewhere(await claimsOf(one), { kid: 'key-1' })],
  [
    'of a key that the issuer does not have',
    async (one) => signElsewhere(await claimsOf(one), { kid: 'mine' }),
  ],
  ['unsigned', async (one) => `${encoded({ alg: 'none', kid: 'key-1' })}.${encoded(await claimsOf(one))}.`],
  [
    'with the signature cut off',
    async (one) => {
      const [header, payload] = (await one.token()).split('.');
      return `${header}.${payload}.`;
    },
  ],
  [
    'with another subject under the old signature',
    async (one) => {
      const [header, payload, signature] = (await one.token()).split('.');
      return [header, encoded({ ...decoded(payload), sub: 'agent-1' }), signature].join('.');
    },
  ],
  [
    'signed with the public key as if it were a shared one',
    async (one) => {
      const { keys } = one.issuer.jwks as { keys: object[] };
      const text = `${encoded({ alg: 'HS256', kid: 'key-1', typ: 'at+jwt' })}.${encoded(await claimsOf(one))}`;
      return `${text}.${createHmac('sha256', JSON.stringify(keys[0])).update(text).digest('base64url')}`;
    },
  ],
  [
    'with its claims in clear beside it',
    async (one) => `${await one.token()}.${encoded(await claimsOf(one))}`,
  ],
  ['no JWT at all', async () => 'x'.repeat(300)],
])('a token %s runs nothing', async (_name, forge) => {
  const one = await openWithIssuer();
  await expectRefused(one, await forge(one));
});

async function signElsewhere(claims: Record<string, unknown>, header: Record<string, unknown>) {
  const { privateKey } = await generateKeyPair('ES256');
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...header }).sign(privateKey);
}

test.each(['jwk', 'jku', 'x5u'])(
  'a token that brings its own key in %s runs nothing, and nobody is asked for it',
  async (field) => {
    const one = await openWithIssuer();
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const key = { ...(await exportJWK(publicKey)), kid: 'key-1', alg: 'ES256' };
    const mine = await serve(answerJson({ keys: [key] }));
    const value = field === 'jwk' ? key : `http://127.0.0.1:${mine.port}/keys`;
    const forged = await new SignJWT(await claimsOf(one))
      .setProtectedHeader({ alg: 'ES256', kid: 'key-1', typ: 'at+jwt', [field]: value })
      .sign(privateKey);
    await expectRefused(one, forged);
    expect(mine.received).toEqual([]);
  },
);

test.each<[string, Parameters<WithIssuer['token']>[0]]>([
  ['for another server', { claims: { aud: 'https://other.example/mcp' } }],
  ['for a server whose URL begins alike', { claims: { aud: `${AUDIENCE}/x` } }],
  ['for nobody', { without: ['aud'] }],
  ['of another issuer by its iss', { claims: { iss: 'https://evil.example' } }],
  ['without iss', { without: ['iss'] }],
  ['that is expired', { claims: { exp: now() - 120 } }],
  ['without an end', { without: ['exp'] }],
  ['that is not valid yet', { claims: { nbf: now() + 120 } }],
  ['that was made in the future', { claims: { iat: now() + 120 } }],
  ['without the time it was made', { without: ['iat'] }],
  ['without a subject', { without: ['sub'] }],
  ['whose end is no number', { claims: { exp: '9999999999' } }],
  ['that is bound to a key of its client', { claims: { cnf: { jkt: 'x' } } }],
  ['that is a logout token', { header: { typ: 'logout+jwt' } }],
  ['that proves a key', { header: { typ: 'dpop+jwt' } }],
  ['that has an extension nobody here knows', { header: { crit: ['urn:example:x'], 'urn:example:x': 1 } }],
])('a token %s runs nothing, although the issuer signed it', async (_name, parts) => {
  const one = await openWithIssuer();
  await expectRefused(one, await one.token(parts));
});

test('a key of the issuer that is too weak or shared opens nothing', async () => {
  const one = await openWithIssuer();
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const jwk = { ...weak.publicKey.export({ format: 'jwk' }), kid: 'weak', alg: 'RS256' };
  const shared = { kty: 'oct', k: Buffer.alloc(32, 1).toString('base64url'), kid: 'shared', alg: 'HS256' };
  one.issuer.jwks = { keys: [jwk, shared] };
  const claims = await claimsOf(one);
  const { createSign } = await import('node:crypto');
  const byRsa = `${encoded({ alg: 'RS256', kid: 'weak', typ: 'at+jwt' })}.${encoded(claims)}`;
  const signature = createSign('sha256').update(byRsa).sign(weak.privateKey).toString('base64url');
  expect((await one.put(`${byRsa}.${signature}`)).status).not.toBe(200);
  const byHmac = `${encoded({ alg: 'HS256', kid: 'shared', typ: 'at+jwt' })}.${encoded(claims)}`;
  await expectRefused(
    one,
    `${byHmac}.${createHmac('sha256', Buffer.alloc(32, 1)).update(byHmac).digest('base64url')}`,
  );
});
