import type { Target, WriteScope } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { parseWorkload, printWorkload } from './names.ts';

/** The one workload that a write names. Throws ToolError('invalid_arguments') where a namespace needs its name. */
export function scopeOf(target: Target<object>, workload: string | undefined, atMost = 1): WriteScope {
  if (workload !== undefined)
    return { resources: [`${target.name}:${printWorkload(parseWorkload(workload))}`], atMost };
  if (target.sub !== undefined)
    throw new ToolError('invalid_arguments', 'the target is a namespace, so say which workload: KIND/NAME');
  return { resources: [target.name], atMost };
}
