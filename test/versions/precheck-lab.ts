import { expect } from 'vitest';
import type { RollbackPlan } from '../../src/toolset/versions-view.ts';
import { openStack } from '../harness/stack.ts';
import { topologyOf } from './way-back/lab.ts';

/** A stack with one service, whose writes are planned to be taken back. */
export interface PrecheckLab {
  now(): number;
  /** Makes a write. Gives the version from before it. */
  written(tool: string, args: Record<string, unknown>): Promise<number>;
  plan(to: number): Promise<RollbackPlan>;
  /** What is in the way of a rollback. */
  found(to: number): Promise<readonly string[]>;
  /** Rolls back. Gives the version from before it, to which the write would be made again. */
  back(to: number): Promise<number>;
  close(): Promise<void>;
}

/**
 * @param fields of the component in the topology, without its name
 * @param link type of the link to it
 */
export async function openPrecheckLab(
  fields: string,
  link: string,
  env: Readonly<Record<string, string>>,
): Promise<PrecheckLab> {
  const topology = topologyOf('it', fields, link);
  const stack = await openStack({ topology, env: { ...env, MCP_IT_WRITE_ACCESS: 'true' } });
  const { history } = stack.stackward;
  const plan = (to: number) => history.plan('stack', to);
  const now = () => history.versions.version();
  return {
    now,
    plan,
    found: async (to) => (await plan(to)).obstacles,
    async written(tool, args) {
      const start = now();
      const answer = await stack.call(tool, args);
      expect(answer.isError, JSON.stringify(answer.content)).toBe(false);
      return start;
    },
    async back(to) {
      const start = now();
      const { digest } = await plan(to);
      const run = { principal: 'stack', by: 'tester', signal: new AbortController().signal };
      await history.rollbacks.begin({ to, digest }, run);
      return start;
    },
    close: () => stack.close(),
  };
}
