import { randomUUID } from 'node:crypto';
import type { Stackward } from '../stackward.ts';
import type { Held } from '../store/leases.ts';
import { ToolError } from '../toolset/errors.ts';
import { RefusedCall } from './refused-call.ts';

/** What a tool gave back, and its place in the audit. */
export interface ToolAnswer {
  readonly output: Readonly<Record<string, unknown>>;
  readonly seq?: number;
}

/** The tools of one principal: the only hands that a triage has. */
export interface Tools {
  readonly principal: string;
  /** The targets that the principal may name for a tool; none where its links yield no such tool. */
  targetsOf(tool: string): readonly string[];
  /** Looks anew which tools there are: links and flags change while a triage stands by. */
  refresh(signal: AbortSignal): Promise<void>;
  /**
   * Calls one through the whole pipeline. Throws RefusedCall with the code of the answer.
   * @param held a write takes effect only while it is held, where the server is this process; another server cannot
   *   ask it
   */
  call(
    tool: string,
    args: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
    held?: Held,
  ): Promise<ToolAnswer>;
}

/** The tools of a principal of a stack in this process, without a client in between: what the stack's own look is made with. */
export const toolsOf = (stackward: Pick<Stackward, 'call' | 'catalogs'>, principal: string): Tools => ({
  principal,
  targetsOf: (tool) => [...(stackward.catalogs.of(principal).tools.get(tool)?.targets.keys() ?? [])],
  refresh: async () => undefined,
  async call(toolName, args, signal, held) {
    const { error, structured, seq, outcome } = await stackward.call({
      principal,
      id: randomUUID(),
      toolName,
      args,
      signal,
      ...(held ? { lease: held } : {}),
    });
    if (error) throw new RefusedCall(error.code, error.detail, seq);
    const place = seq === undefined ? {} : { seq };
    // A write whose result was too large to show was done all the same.
    if (!structured && outcome !== 'ok') throw new ToolError('internal', 'the tool gave no answer');
    return { output: structured ?? {}, ...place };
  },
});
