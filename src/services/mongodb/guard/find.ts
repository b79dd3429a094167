import type { JsonValue } from '../../../toolset/define.ts';
import { judgeExpression, judgeMeta } from './expression.ts';
import { judgeFilter } from './filter.ts';
import { isObject, type JsonObject, type Place } from './place.ts';
import { judgePath } from './value.ts';

/** Holds that a projection names fields and known expressions. Throws ToolError('query_refused'). */
export function judgeProjection(projection: JsonObject, place: Place): void {
  for (const [key, value] of Object.entries(projection)) {
    judgePath(key, place);
    const at = place.at(key);
    if (isObject(value) && Object.keys(value).join() === '$elemMatch')
      judgeFilter(value.$elemMatch ?? null, at.at('$elemMatch'));
    else judgeExpression(value, at);
  }
}

/** Holds that a sort names fields and directions. Throws ToolError('query_refused'). */
export function judgeSort(sort: JsonValue, place: Place): void {
  for (const [key, value] of Object.entries(place.object(sort))) {
    judgePath(key, place);
    const at = place.at(key);
    if (isObject(value)) judgeMeta(at.options(value, ['$meta']).$meta ?? null, at);
    else if (value !== 1 && value !== -1) at.refuse('expected 1 or -1');
  }
}
