import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, type LanguageModel } from 'ai';
import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  type IBackoffFactory,
  type IPolicy,
  type IRetryBackoffContext,
  retry,
  wrap,
} from 'cockatiel';
import type { Resolved } from '../../secrets/reference.ts';
import { ToolError } from '../../toolset/errors.ts';
import {
  MODEL_ROUTES,
  type ModelClient,
  type ModelQuestion,
  type ModelRoute,
} from '../../toolset/model-client.ts';
import { boundedFetch } from './bounded-fetch.ts';
import type { ModelConnection } from './connection.ts';
import { ModelFailure, toFailure } from './failure.ts';

/** One try. Milliseconds. */
const TRY_MS = 45_000;
const RETRIES = 2;
/** Failures in a row that open a route's breaker, and how long it stays open. */
const FAILURES = 5;
const HALF_OPEN_AFTER_MS = 30_000;
/** A diagnosis takes a few hundred. */
const MOST_TOKENS = 2_000;

type RetryContext = IRetryBackoffContext<unknown>;

interface Route {
  readonly model: LanguageModel;
  readonly policy: IPolicy;
  readonly listeners: Set<ModelQuestion['breaker']>;
}

/** Opens the routes of one component. The key goes to the provider's own client and nowhere else. */
export function openModelClient(connection: Resolved<ModelConnection>): ModelClient {
  const modelOf = providerOf(connection);
  const routes = new Map<ModelRoute, Route>();
  for (const route of MODEL_ROUTES) {
    const name = connection.routes[route];
    if (name !== undefined) routes.set(route, openRoute(modelOf(name)));
  }
  return {
    routes: [...routes.keys()],
    async ask(question) {
      const route = routes.get(question.route);
      if (!route) throw new ToolError('not_found', `the component gives no model to ${question.route}`);
      route.listeners.add(question.breaker);
      try {
        return await route.policy.execute(() => askOnce(route.model, question), question.signal);
      } catch (error) {
        if (error instanceof BrokenCircuitError)
          throw new ToolError('breaker_open', 'the model failed repeatedly; it is left alone for a moment');
        throw error instanceof ModelFailure ? error.error : toFailure(error, question.signal).error;
      } finally {
        route.listeners.delete(question.breaker);
      }
    },
  };
}

function providerOf(connection: Resolved<ModelConnection>): (name: string) => LanguageModel {
  const { provider, url, api_key: key } = connection;
  const fields = { baseURL: url, fetch: boundedFetch };
  if (provider === 'openai-compatible') {
    const apiKey = key === undefined ? {} : { apiKey: key.expose() };
    const open = createOpenAICompatible({ name: 'model', ...fields, ...apiKey });
    return (name) => open.chatModel(name);
  }
  if (key === undefined) throw new ToolError('secret_unavailable', 'anthropic needs an api_key');
  const open = createAnthropic({ ...fields, apiKey: key.expose() });
  return (name) => open.messages(name);
}

function openRoute(model: LanguageModel): Route {
  const listeners = new Set<ModelQuestion['breaker']>();
  const isPassing = (error: Error) => error instanceof ModelFailure && error.isPassing;
  const breaker = circuitBreaker(handleWhen(isPassing), {
    halfOpenAfter: HALF_OPEN_AFTER_MS,
    breaker: new ConsecutiveBreaker(FAILURES),
  });
  breaker.onBreak(() => listeners.forEach((tell) => void tell('open')));
  breaker.onReset(() => listeners.forEach((tell) => void tell('closed')));
  const again = retry(handleWhen(isPassing), { maxAttempts: RETRIES, backoff: patience });
  return { model, listeners, policy: wrap(again, breaker) };
}

/** Waits as long as the provider asked, otherwise longer each time. */
const patienceAfter = (former: Pick<IBackoffFactory<unknown>, 'next'>): IBackoffFactory<RetryContext> => ({
  next(context) {
    const grown = former.next(context);
    const failure = 'error' in context.result ? context.result.error : undefined;
    const asked = failure instanceof ModelFailure ? failure.retryAfterMs : undefined;
    return { duration: asked ?? grown.duration, next: patienceAfter(grown).next };
  },
});
const patience = patienceAfter(new ExponentialBackoff({ initialDelay: 500, maxDelay: 5_000 }));

async function askOnce(model: LanguageModel, { system, prompt, signal }: ModelQuestion): Promise<string> {
  try {
    const { text } = await generateText({
      model,
      system,
      prompt,
      maxRetries: 0,
      maxOutputTokens: MOST_TOKENS,
      abortSignal: AbortSignal.any([signal, AbortSignal.timeout(TRY_MS)]),
    });
    return text;
  } catch (error) {
    throw toFailure(error, signal);
  }
}
