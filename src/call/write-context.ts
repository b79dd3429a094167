import type { StackView } from '../toolset/define.ts';
import type { OpenedWrite } from './stages.ts';

/** What every part of a write tool is given, whether it captures, runs, reverts or reads back; `recordAfter` is its own. */
export const contextOf = (call: Omit<OpenedWrite, 'kind'>, stack: StackView, signal: AbortSignal) => ({
  client: call.session.client,
  target: call.at.target,
  signal,
  limits: call.limits,
  principal: call.catalog.principal,
  stack,
  grant: call.grant,
  ...(call.peer ? { session: call.peer } : {}),
  ...(call.undo?.kind === 'redo' ? { again: { before: call.undo.before, after: call.undo.after } } : {}),
});
