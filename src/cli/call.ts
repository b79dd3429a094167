import { EXIT, type TopologyOptions, UsageError, type World, writeJson, writeLine } from './command.ts';
import { openStackward } from './open.ts';

export interface CallOptions extends TopologyOptions {
  readonly args?: string;
}

/** `stackward call`: one call through the whole pipeline, audited like every other. */
export async function call(
  tool: string,
  pairs: readonly string[],
  options: CallOptions,
  world: World,
): Promise<number> {
  const args = { ...objectOf(options.args), ...Object.fromEntries(pairs.map(pairOf)) };
  const stackward = await openStackward(options, world);
  const interrupted = new AbortController();
  const onInterrupt = () => interrupted.abort();
  process.once('SIGINT', onInterrupt);
  try {
    const principal = options.as ?? world.env.STACKWARD_AGENT;
    const answer = await stackward.call({
      principal,
      id: 1,
      toolName: tool,
      args,
      signal: interrupted.signal,
    });
    if (options.json) writeJson(world.stdout, { ...answer, text: undefined, ask: answer.ask?.id });
    else if (answer.structured) writeJson(world.stdout, answer.structured);
    else writeLine(world.stderr, answer.text);
    if (answer.ask) return EXIT.approval;
    return answer.outcome === 'ok' ? EXIT.ok : answer.outcome === 'denied' ? EXIT.denied : EXIT.failed;
  } finally {
    process.off('SIGINT', onInterrupt);
    await stackward.close();
  }
}

function pairOf(pair: string): [string, unknown] {
  const at = pair.indexOf('=');
  if (at <= 0) throw new UsageError(`'${pair}' is not name=value; for instance: sql='select 1'`);
  const text = pair.slice(at + 1);
  try {
    return [pair.slice(0, at), JSON.parse(text)];
  } catch {
    return [pair.slice(0, at), text];
  }
}

function objectOf(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return { ...value };
  } catch {
    // Falls through to the one message for everything that is no JSON object.
  }
  throw new UsageError(`--args takes one JSON object, for instance: --args '{"sql": "select 1"}'`);
}
