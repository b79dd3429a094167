import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../../src/secrets/secret.ts';
import { openModelClient } from '../../../src/services/model/client.ts';
import type { ModelClient, ModelQuestion } from '../../../src/toolset/model-client.ts';
import { KEY, type ModelTwin, startModelTwin } from '../../twins/models.ts';

const NOW: Record<string, string> = { 'retry-after': '0' };

describe.each(['openai-compatible', 'anthropic'] as const)('%s', (provider) => {
  let twin: ModelTwin;
  let client: ModelClient;
  let states: string[];
  const open = (key = KEY) =>
    openModelClient({
      provider,
      url: twin.url,
      api_key: new Secret('api_key', key),
      routes: { 'prod-triage': 'small-model', 'prod-judge': 'judge-model' },
    });
  beforeEach(async () => {
    twin = await startModelTwin(provider);
    client = open();
    states = [];
  });
  afterEach(() => twin.close());

  const ask = (more: Partial<ModelQuestion> = {}, of = client) =>
    of.ask({
      route: 'prod-triage',
      system: 'be exact',
      prompt: 'what is wrong?',
      signal: new AbortController().signal,
      breaker: (state) => states.push(state),
      ...more,
    });

  test('asks the model of the route in the words of its API', async () => {
    twin.answers = ['{"a": 1}'];
    expect(await ask()).toBe('{"a": 1}');
    expect(await ask({ route: 'prod-judge' })).toBe('{"a": 1}');
    expect(twin.asked.map(({ model }) => model)).toEqual(['small-model', 'judge-model']);
    expect(twin.asked[0]?.text).toContain('be exact');
    expect(twin.violations).toEqual([]);
    expect(client.routes).toEqual(['prod-triage', 'prod-judge']);
  });

  test('a route without a model is not found', async () =>
    expect(ask({ route: 'prod-triage-strong' })).rejects.toMatchObject({ code: 'not_found' }));

  test('asks again after 429 and 500, as soon as Retry-After allows', async () => {
    twin.answers = [{ status: 429, headers: NOW }, { status: 500, headers: NOW }, 'good'];
    expect(await ask()).toBe('good');
    expect(twin.asked).toHaveLength(3);
  });

  test.each([
    [429, 'rate_limited'],
    [503, 'backend_failed'],
  ])('gives up on %i after three tries', async (status, code) => {
    twin.answers = [{ status, headers: NOW }];
    await expect(ask()).rejects.toMatchObject({ code });
    expect(twin.asked).toHaveLength(3);
  });

  test('does not ask again with a key that was refused, and shows no part of it', async () => {
    const error: unknown = await ask({}, open('wrong-key-77')).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'login_failed' });
    expect(String(error) + JSON.stringify(error)).not.toContain('wrong-key-77');
    expect(twin.asked).toHaveLength(0);
  });

  test('an answer that is no JSON of the API is a failure', async () => {
    twin.answers = [{ status: 200, body: '<html>', headers: NOW }];
    await expect(ask({ signal: AbortSignal.timeout(3_000) })).rejects.toMatchObject({ name: 'ToolError' });
  });

  test('a redirect is not followed', async () => {
    const other = await startModelTwin(provider);
    twin.answers = [{ status: 307, headers: { location: `${other.url}/messages`, ...NOW } }];
    await expect(ask({ signal: AbortSignal.timeout(3_000) })).rejects.toMatchObject({ name: 'ToolError' });
    expect(other.asked).toEqual([]);
    expect(other.violations).toEqual([]);
    await other.close();
  });

  test('five failures in a row open the breaker of the route alone', async () => {
    twin.answers = [{ status: 500, headers: NOW }];
    await ask().catch(() => undefined);
    await ask().catch(() => undefined);
    expect(states).toEqual(['open']);
    const before = twin.asked.length;
    await expect(ask()).rejects.toMatchObject({ code: 'breaker_open' });
    expect(twin.asked).toHaveLength(before);
    twin.answers = ['good'];
    expect(await ask({ route: 'prod-judge' })).toBe('good');
  });

  test('stops when it is told to', async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(ask({ signal: stop.signal })).rejects.toMatchObject({ name: 'ToolError' });
  });
});
