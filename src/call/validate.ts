import { z } from 'zod';
import { ToolError } from '../toolset/errors.ts';
import type { Resolved, Validated } from './stages.ts';

/** Parses the arguments by the tool's schema; strict, so an argument that the tool does not know is refused. */
export function validate(call: Resolved): Validated {
  const { tool, service } = call.entry;
  const { target: _target, ...own } = call.args;
  const parsed = tool.params.safeParse(tool.reach === 'stack' ? call.args : own);
  if (!parsed.success) throw new ToolError('invalid_arguments', z.prettifyError(parsed.error));
  return { ...call, params: parsed.data, limits: service.limits };
}
