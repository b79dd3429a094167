import { expect, test, vi } from 'vitest';
import { AUDIENCE, openWithIssuer, TOPOLOGY } from './oidc.ts';
import { send } from './raw-http.ts';

test('a token of the issuer is the agent that the topology maps it to, with that agent’s links', async () => {
  const { put, puts, token, issuer } = await openWithIssuer();
  expect((await put(await token())).json.result.isError).toBe(false);
  expect(puts()).toBe(1);
  const watcher = { sub: 'x', groups: ['a', 'watch', 'sre'], 'org.example': { team: 'night' } };
  const { json } = await put(await token({ claims: watcher }));
  expect(json.result.isError).toBe(true);
  expect(puts()).toBe(1);
  expect(issuer.violations).toEqual([]);
});

test.each(['RS256', 'PS256', 'ES384', 'EdDSA'])('a token that is signed with %s is taken', async (alg) => {
  const { put, token } = await openWithIssuer({
    prepare: async (issuer) => void (await issuer.rotate({ alg })),
  });
  expect((await put(await token())).json.result.isError).toBe(false);
});

test.each([
  ['of type JWT', { header: { typ: 'JWT' } }],
  ['without a type', { header: { typ: undefined } }],
  ['of the long type', { header: { typ: 'application/at+jwt' } }],
  ['for several audiences', { claims: { aud: ['https://other.example', AUDIENCE] } }],
  ['that ended within the leeway', { claims: { exp: Math.floor(Date.now() / 1000) - 5 } }],
])('a token %s is taken', async (_name, parts) => {
  const { put, token } = await openWithIssuer();
  expect((await put(await token(parts))).status).toBe(200);
});

test('the keys are asked for once, and again when the issuer signs with one that is not known', async () => {
  const { put, token, issuer } = await openWithIssuer({ oidc: { timing: { coolDown: 0 } } });
  for (const _ of [1, 2, 3]) expect((await put(await token())).status).toBe(200);
  const asked = () => issuer.requests.filter(({ path }) => path.endsWith('/keys')).length;
  expect(asked()).toBe(1);
  const old = await token();
  await issuer.rotate({ published: ['key-1', 'key-2'] });
  expect((await put(await token())).status).toBe(200);
  expect((await put(old)).status).toBe(200);
  expect(asked()).toBe(2);
  await issuer.rotate({ published: ['key-3'] });
  expect((await put(await token())).status).toBe(200);
  expect((await put(old)).status).toBe(401);
});

test('keys that are old are asked for anew, and one that was taken back is worth nothing', async () => {
  const { put, token, issuer } = await openWithIssuer({ oidc: { timing: { maxAge: 0 } } });
  const old = await token();
  expect((await put(old)).status).toBe(200);
  await issuer.rotate();
  expect((await put(old)).status).toBe(401);
});

test('an issuer that has its document at the place of RFC 8414 is found, too', async () => {
  const { put, token } = await openWithIssuer({
    prepare: (issuer) => {
      issuer.place = 'oauth-authorization-server';
    },
  });
  expect((await put(await token())).status).toBe(200);
});

test('while the issuer is away its tokens are refused for now, own tokens work, and later all do', async () => {
  const { url, put, token, own, issuer, puts, problems } = await openWithIssuer({
    prepare: (one) => one.breakWith(503),
    oidc: { timing: { afterFailure: 0 } },
  });
  const ready = () => send(`${url}/readyz`, { method: 'GET' });
  expect((await ready()).status).toBe(503);
  expect((await ready()).json.reason).toMatch(/issuer/);
  const refused = await put(await token());
  expect(refused.status).toBe(503);
  expect(refused.headers['retry-after']).toMatch(/^\d+$/);
  expect(refused.headers['www-authenticate']).toBeUndefined();
  expect((await put(await own('helper'))).json.result.isError).toBe(false);
  expect((await ready()).status).toBe(200);
  issuer.breakWith(undefined);
  expect((await put(await token())).json.result.isError).toBe(false);
  expect(puts()).toBe(2);
  expect(problems.join('\n')).toContain('status 503');
  expect(problems.join('\n')).not.toContain(await token());
});

test('a topology that no longer maps a token refuses it from the next request on', async () => {
  const { put, token, fixture, puts } = await openWithIssuer({ watch: true });
  const good = await token();
  expect((await put(good)).status).toBe(200);
  const { writeFile } = await import('node:fs/promises');
  await writeFile(fixture.file, TOPOLOGY.replace('sub: agent-7', 'sub: agent-8'));
  await vi.waitFor(async () => expect((await put(good)).status).toBe(403), 10_000);
  const before = puts();
  await put(good);
  expect(puts()).toBe(before);
});

test('the metadata of RFC 9728 says who makes tokens, and a refusal says where it is', async () => {
  const { url, issuer } = await openWithIssuer({ oidc: { scope: 'stackward' } });
  const get = (path: string) => send(`${url}${path}`, { method: 'GET' });
  const path = '/.well-known/oauth-protected-resource';
  for (const place of [path, `${path}/mcp`])
    expect((await get(place)).json).toEqual({
      resource: AUDIENCE,
      authorization_servers: [issuer.issuer],
      bearer_methods_supported: ['header'],
      resource_name: 'Stackward',
      scopes_supported: ['stackward'],
    });
  const bare = await send(`${url}/mcp`, { body: {} });
  expect(bare.status).toBe(401);
  expect(bare.headers['www-authenticate']).toBe(
    `Bearer realm="stackward", scope="stackward", resource_metadata="https://stackward.example${path}/mcp"`,
  );
});

test('without an issuer there is no metadata: nobody makes tokens but the operator', async () => {
  const { openServed } = await import('./served.ts');
  const served = await openServed();
  await served.token('helper');
  const answer = await send(`${served.url}/.well-known/oauth-protected-resource`, { method: 'GET' });
  expect(answer.status).toBe(401);
  expect(answer.headers['www-authenticate']).toBe('Bearer realm="stackward"');
});

test('a token without the scope is told which one to ask for', async () => {
  const { put, token, puts } = await openWithIssuer({ oidc: { scope: 'stackward' } });
  for (const claims of [{}, { scope: 'stackward2 other' }, { scp: ['other'] }]) {
    const { status, headers } = await put(await token({ claims }));
    expect(status).toBe(403);
    expect(headers['www-authenticate']).toMatch(
      /error="insufficient_scope", scope="stackward", resource_metadata="/,
    );
  }
  expect(puts()).toBe(0);
  for (const claims of [{ scope: 'openid stackward' }, { scp: ['stackward'] }, { scp: 'stackward' }])
    expect((await put(await token({ claims }))).status).toBe(200);
});
