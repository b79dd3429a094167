import { ToolError } from '../../../toolset/errors.ts';

/** Throws ToolError('query_refused'). */
export function refuse(why: string): never {
  throw new ToolError('query_refused', why);
}
