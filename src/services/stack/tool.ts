import { type Connector as ConnectorOf, toolsOf } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { UnknownName } from '../../topology/query.ts';

export { ToolError };

export type Stack = { Reader: object; Writer: object; Entry: Record<string, never> };
export type Connector = ConnectorOf<Stack, Record<string, never>>;

export const tool = toolsOf<Stack>();

/** Runs a query, turning a name that the topology does not have into the caller's error. */
export function answer<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (error instanceof UnknownName) throw new ToolError('not_found', error.message);
    throw error;
  }
}
