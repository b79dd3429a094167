import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../cli/run.ts';
import { openStack } from '../harness/stack.ts';
import { openWithIssuer, TOPOLOGY } from '../server/oidc.ts';

const WATCHER = { groups: ['sre', 'watch'], 'org.example': { team: 'night' } };

test('a token that is two agents is none, and the operator hears of it', async () => {
  const { put, puts, token, problems } = await openWithIssuer();
  const { status, text } = await put(await token({ claims: WATCHER }));
  expect(status).toBe(403);
  expect(text).toContain('more than one agent');
  expect(text).not.toMatch(/helper|watcher/);
  expect(problems.join()).toContain('helper and watcher');
  expect(puts()).toBe(0);
});

test.each<[string, Record<string, unknown>]>([
  ['nobody whom the topology knows', { sub: 'agent-8' }],
  ['one claim short', { client_id: undefined }],
  ['an agent by a prefix', { sub: 'agent-77' }],
  ['an agent in another case', { sub: 'AGENT-7' }],
  ['an agent by a list that holds its name as an object', { sub: 'x', client_id: [{ 'triage-client': 1 }] }],
  [
    'watcher with its groups in one text',
    { sub: 'x', groups: 'sre watch', 'org.example': { team: 'night' } },
  ],
  ['watcher with half of its groups', { sub: 'x', groups: ['sre'], 'org.example': { team: 'night' } }],
  [
    'watcher by a claim that only looks like the path',
    { sub: 'x', groups: ['sre', 'watch'], '/org.example/team': 'night' },
  ],
])('a token that is %s is none', async (_name, claims) => {
  const { put, puts, token } = await openWithIssuer();
  expect((await put(await token({ claims }))).status).toBe(403);
  expect(puts()).toBe(0);
});

test.each(['toString', 'constructor', '/constructor/name', '/__proto__/x'])(
  'a claim by the name of %s, which every object has, is not had by every token',
  async (name) => {
    const identity = `{claims: {"${name}": Object}}`;
    const topology = TOPOLOGY.replace('{claims: {sub: agent-7, client_id: triage-client}}', identity);
    const { put, puts, token } = await openWithIssuer({ topology });
    expect((await put(await token())).status).toBe(403);
    expect(puts()).toBe(0);
  },
);

test.each([
  ['the stack itself', 'stack: {type: agent, identity: {claims: {sub: a}}}'],
  ['everybody, by no claim', 'a: {type: agent, identity: {claims: {}}}'],
  ['everybody, by the issuer', 'a: {type: agent, identity: {claims: {iss: x}}}'],
  ['somebody by a claim that is lost', 'a: {type: agent, identity: {claims: {sub: a, __proto__: b}}}'],
  ['somebody by a broken path', 'a: {type: agent, identity: {claims: {/a~2: b}}}'],
])('a topology cannot make an agent of %s', async (_name, component) => {
  const opened = openStack({ topology: `stack: x\ncomponents:\n  ${component}\n` });
  await expect(opened).rejects.toThrow(/:3:\d+/);
});

test.each<[string, string, string, boolean]>([
  ['the same claims', '{sub: a}', '{sub: a}', true],
  ['claims of which one are part of the other', '{sub: a, azp: x}', '{sub: a}', true],
  ['groups of which one are part of the other', '{groups: [x, y]}', '{groups: x}', true],
  ['other values', '{sub: a}', '{sub: b}', false],
  ['claims that a token may have apart', '{sub: a}', '{azp: x}', false],
])(
  'check fails for agents that are told by %s, where every token would be both: %s',
  async (_name, one, other, isBad) => {
    const folder = await mkdtemp(join(tmpdir(), 'identity-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'topology.yaml');
    const agent = (claims: string) => `{type: agent, identity: {claims: ${claims}}}`;
    await writeFile(file, `stack: x\ncomponents:\n  a: ${agent(one)}\n  b: ${agent(other)}\n`);
    const { code, out } = await run(['check', '-t', file]);
    expect(code).toBe(isBad ? 1 : 0);
    expect(out.includes('every token that is')).toBe(isBad);
  },
);
