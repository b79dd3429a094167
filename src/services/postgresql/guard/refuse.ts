import { ToolError } from '../../../toolset/errors.ts';

/** Refuses a statement: say what is wrong, and what would be accepted. */
export function refuse(reason: string): never {
  throw new ToolError('query_refused', reason);
}
