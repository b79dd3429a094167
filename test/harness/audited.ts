import { run } from '../cli/run.ts';

type Env = Readonly<Record<string, string>>;

/** What `stackward audit verify` says of a stack's audit: whether it is sound, and how many intents have no end. */
export async function verified(env: Env): Promise<{ readonly ok: boolean; readonly open: number }> {
  const { out } = await run(['audit', 'verify', '--json'], { ...env });
  const { ok, chains } = JSON.parse(out) as { ok: boolean; chains: { orphanIntents: number }[] };
  return { ok, open: chains.reduce((sum, one) => sum + one.orphanIntents, 0) };
}

/** One call of a whole audit. */
export interface AuditedCall {
  /** Its requests and responses; one of each where all is well. */
  readonly intents: number;
  readonly ends: number;
  /** The arguments of its request, as JSON. */
  readonly args: string;
}

/** Every call that a stack's audit holds, by its id. */
export async function auditedCalls(env: Env): Promise<ReadonlyMap<string, AuditedCall>> {
  const { out } = await run(['audit', 'export'], { ...env });
  const calls = new Map<string, AuditedCall>();
  for (const line of out.split('\n')) {
    if (!line.startsWith('{')) continue;
    const { kind, call, message } = JSON.parse(line) as Record<string, unknown>;
    if (kind !== 'request' && kind !== 'response') continue;
    const known = calls.get(String(call)) ?? { intents: 0, ends: 0, args: '' };
    const isIntent = kind === 'request';
    calls.set(String(call), {
      intents: known.intents + (isIntent ? 1 : 0),
      ends: known.ends + (isIntent ? 0 : 1),
      args: isIntent ? JSON.stringify(message) : known.args,
    });
  }
  return calls;
}
