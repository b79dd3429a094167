import { randomInt } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Silence } from '../../../src/services/alertmanager/api.ts';
import { amCreateSilence } from '../../../src/services/alertmanager/tools/am-create-silence.ts';
import { amExpireSilence } from '../../../src/services/alertmanager/tools/am-expire-silence.ts';
import type { JsonValue } from '../../../src/toolset/define.ts';
import { recordingServer } from '../prometheus/fixture.ts';
import { type CallOptions, openAm, type ScopeName } from './fixture.ts';
import { type AmServer, program, type RawMatcher, startAlertmanager } from './server.ts';

describe.skipIf(!program)('the way back of a write to Alertmanager', () => {
  let server: AmServer;
  let am: ReturnType<typeof openAm>;
  beforeAll(async () => {
    server = await startAlertmanager();
    am = openAm({ url: server.url });
  });
  afterEach(() => server.expireAll());
  afterAll(() => server?.stop());

  /** All that matters of the silences that have not ended, whatever their ids and starts. */
  const state = async () =>
    (await server.running())
      .map(({ matchers, endsAt, createdBy, comment }) =>
        JSON.stringify({ matchers, endsAt, createdBy, comment }),
      )
      .sort();

  const create = (scope: ScopeName, args = randomSilence(), kept = {}, options: CallOptions = {}) =>
    am.write(amCreateSilence, scope, args, kept, options).then(({ kept }) => ({ args, kept }));

  test('write, then revert, gives the state before: any silences, either tool', async () => {
    const ours: string[] = [];
    for (let i = 0; i < 40; i++) {
      const scope = pick(['shop', 'none'] as const);
      if (randomInt(2)) ours.push(await server.silence(randomMatchers(), randomTimes()));
      const before = await state();
      const id = ours.at(-1);
      const isRunning = id !== undefined && (await server.running()).some((one) => one.id === id);
      if (isRunning && randomInt(2)) {
        const { kept } = await am.write(amExpireSilence, scope, { id });
        expect(await state()).toHaveLength(before.length - 1);
        await am.revert(amExpireSilence, scope, { id }, kept);
      } else {
        const { args, kept } = await create(scope);
        expect(await state()).toHaveLength(before.length + 1);
        await am.revert(amCreateSilence, scope, args, kept);
      }
      expect(await state()).toEqual(before);
    }
  });

  test('a revert that is done again changes nothing more', async () => {
    const id = await server.silence(SHOP);
    const before = await state();
    const ended = await am.write(amExpireSilence, 'shop', { id });
    const made = await create('shop');
    for (let i = 0; i < 3; i++) {
      await am.revert(amCreateSilence, 'shop', made.args, made.kept);
      await am.revert(amExpireSilence, 'shop', { id }, ended.kept);
    }
    expect(await state()).toEqual(before);
  });

  test('a silence that would be over by now is not made again', async () => {
    const id = await server.silence(SHOP);
    const { kept } = await am.write(amExpireSilence, 'shop', { id });
    const before = { ...(kept.before as object), endsAt: new Date(Date.now() - 1000).toISOString() };
    await am.revert(amExpireSilence, 'shop', { id }, { ...kept, before });
    expect(await state()).toEqual([]);
  });

  test('what somebody else changed stays, and the revert says so', async () => {
    const { args, kept } = await create('shop');
    const [made] = await server.running();
    const longer = new Date(Date.parse(made?.endsAt ?? '') + 60_000).toISOString();
    await server.silence(made?.matchers ?? [], { ...made, endsAt: longer });
    const theirs = await state();
    expect(theirs).toHaveLength(1);
    await expect(am.revert(amCreateSilence, 'shop', args, kept)).rejects.toMatchObject({ code: 'conflict' });
    expect(await state()).toEqual(theirs);
  });

  test('a silence that somebody ended already needs no revert', async () => {
    const { args, kept } = await create('shop');
    await server.expireAll();
    await am.revert(amCreateSilence, 'shop', args, kept);
    expect(await state()).toEqual([]);
  });

  test('a created silence whose id was never recorded is found again by its call', async () => {
    const theirs = await server.silence(SHOP);
    const kept: { before?: JsonValue; after?: JsonValue } = {};
    const args = randomSilence();
    const recording = () => Promise.reject(new Error('the disk is full'));
    await expect(create('shop', args, kept, { recording })).rejects.toThrow('the disk is full');
    expect(await server.running()).toHaveLength(2);
    expect(kept.after).toBeNull();
    await am.revert(amCreateSilence, 'shop', args, { before: kept.before ?? null, after: null });
    expect((await server.running()).map(({ id }) => id)).toEqual([theirs]);
  });

  test('an answer that got lost leaves the outcome open, and the revert finds what happened', async () => {
    const relay = await recordingServer(async ({ method, url, headers, body }, response) => {
      const init =
        method === 'POST' ? { body, headers: { 'content-type': `${headers['content-type']}` } } : {};
      const answer = await fetch(`${server.url}${url}`, { method, ...init });
      const text = await answer.text();
      if (method === 'GET') response.end(text);
      else response.destroy();
    });
    const lossy = openAm({ url: relay.url });
    const kept: { before?: JsonValue } = {};
    const args = randomSilence();
    await expect(lossy.write(amCreateSilence, 'shop', args, kept)).rejects.toMatchObject({
      code: 'outcome_unknown',
    });
    expect(await server.running()).toHaveLength(1);
    await am.revert(amCreateSilence, 'shop', args, { before: kept.before ?? null, after: null });
    expect(await state()).toEqual([]);

    const id = await server.silence(SHOP);
    const before = await state();
    const ended: { before?: JsonValue; after?: JsonValue } = {};
    await expect(lossy.write(amExpireSilence, 'shop', { id }, ended)).rejects.toMatchObject({
      code: 'outcome_unknown',
    });
    expect(ended.after).toEqual({ id });
    await am.revert(amExpireSilence, 'shop', { id }, { before: ended.before ?? null, after: { id } });
    expect(await state()).toEqual(before);
    await relay.close();
  });

  test('a write that never began leaves nothing for its revert to do', async () => {
    const id = await server.silence(SHOP);
    const kept: { before?: JsonValue; after?: JsonValue } = {};
    const recording = () => Promise.reject(new Error('the disk is full'));
    await expect(am.write(amExpireSilence, 'shop', { id }, kept, { recording })).rejects.toThrow('full');
    const before: Silence[] = await server.running();
    expect(before.map((one) => one.id)).toEqual([id]);
    await am.revert(amExpireSilence, 'shop', { id }, { before: kept.before ?? null, after: null });
    expect(await server.running()).toEqual(before);
  });
});

const SHOP: RawMatcher[] = [{ name: 'namespace', value: 'shop' }];

const pick = <T>(choices: readonly T[]): T => choices[randomInt(choices.length)] as T;

const WORDS = ['a', 'a"b', 'back\\slash', 'new\nline', 'dot.star*', 'ü€😀', '{}[]()|^$?+', ' space ', '=~'];

function randomSilence() {
  const labels = ['alertname', 'severity', 'disk'].slice(0, randomInt(1, 4));
  return {
    matchers: labels.map((label) =>
      randomInt(2) ? { label, value: pick(WORDS) } : { label, values: [pick(WORDS), pick(WORDS)] },
    ),
    duration_minutes: pick([1, 90, 43_200]),
    reason: pick(['drill', 'disk is replaced: see "wiki"', 'ü€😀']),
  };
}

/** Matchers as people write them, all within the scope `shop`. */
const randomMatchers = (): RawMatcher[] => [
  ...SHOP,
  ...(randomInt(2) ? [{ name: 'alertname', value: pick(['.*', 'D.+', 'a|b']), isRegex: true }] : []),
  ...(randomInt(2) ? [{ name: 'disk', value: pick(WORDS), isEqual: false }] : []),
  ...(randomInt(2) ? [{ name: 'severity', value: 'x.*', isRegex: true, isEqual: false }] : []),
];

/** Running, or to begin in a while; of different authors. */
function randomTimes() {
  const start = Date.now() + pick([0, 600_000]);
  return {
    startsAt: new Date(start).toISOString(),
    endsAt: new Date(start + randomInt(60_000, 9_000_000)).toISOString(),
    createdBy: pick(['ann', 'stackward/triage']),
    comment: pick(WORDS),
  };
}
