import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import type { ModelClient, ModelRoute } from '../../toolset/model-client.ts';
import { Diagnosis } from '../contracts.ts';
import { createRedactor } from '../redact/redact.ts';
import type { Asking, Diagnoser, Judge } from '../run/deps.ts';
import { DIAGNOSE, factsText, JUDGE, judgeText, REPAIR } from './prompts.ts';

const Judgement = z.strictObject({
  supported: z.boolean(),
  resource: z.string().nullable(),
  reason: z.string().max(2_000),
});

interface Question<T> {
  readonly route: ModelRoute;
  readonly system: string;
  readonly prompt: string;
  readonly shape: z.ZodType<T>;
}

/** A diagnoser behind a model's route. */
export const modelDiagnoser = (client: ModelClient, route: ModelRoute): Diagnoser => ({
  name: route,
  cites: 'lines',
  diagnose: (signals, asking) =>
    ask(client, { route, system: DIAGNOSE, prompt: factsText(signals), shape: Diagnosis }, asking),
});

/** The judge behind `prod-judge`. */
export const modelJudge = (client: ModelClient): Judge => ({
  judge: ({ signals, evidence }, asking) =>
    ask(
      client,
      { route: 'prod-judge', system: JUDGE, prompt: judgeText(signals, evidence), shape: Judgement },
      asking,
    ),
});

/** Asks, and asks once more where the answer is not of the shape. Every exchange is kept. */
async function ask<T>(client: ModelClient, question: Question<T>, asking: Asking): Promise<T> {
  const first = await exchange(client, question, question.prompt, asking);
  const read = question.shape.safeParse(jsonIn(first));
  if (read.success) return read.data;
  const wrong = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  const prompt = `${question.prompt}\n\n${REPAIR}\nWhat was wrong: ${wrong.slice(0, 1_000)}`;
  const second = question.shape.safeParse(jsonIn(await exchange(client, question, prompt, asking)));
  if (second.success) return second.data;
  throw new ToolError(
    'backend_failed',
    'the model gave no answer of the agreed form, and none when asked again',
  );
}

async function exchange(
  client: ModelClient,
  { route, system }: Question<unknown>,
  prompt: string,
  { signal, keep, breaker }: Asking,
): Promise<string> {
  const told: Promise<void>[] = [];
  try {
    const answer = await client.ask({
      route,
      system,
      prompt,
      signal,
      breaker: (state) => told.push(breaker(route, state)),
    });
    // What a model says may repeat more than it was shown.
    await keep({ route, prompt: `${system}\n\n${prompt}`, answer: createRedactor().text(answer) });
    return answer;
  } catch (error) {
    const answer = error instanceof ToolError ? `(${error.code})` : '(failed)';
    await keep({ route, prompt: `${system}\n\n${prompt}`, answer });
    throw error;
  } finally {
    await Promise.all(told);
  }
}

/** The one JSON object of an answer, with or without a fence around it. */
function jsonIn(text: string): unknown {
  const from = text.indexOf('{');
  const to = text.lastIndexOf('}');
  if (from < 0 || to < from) return undefined;
  try {
    return JSON.parse(text.slice(from, to + 1));
  } catch {
    return undefined;
  }
}
