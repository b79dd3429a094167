import type { JsonValue } from '../../../toolset/define.ts';
import { isObject, type JsonObject, type Place } from './place.ts';
import { judgePath, judgeValue } from './value.ts';
import { UPDATES } from './vocabulary.ts';

/**
 * Holds that an update is made of known operators on named fields: no replacement, no pipeline, nothing positional,
 * and never `_id`. Throws ToolError('query_refused').
 */
export function judgeUpdate(update: JsonObject, place: Place): void {
  if (Object.keys(update).length === 0) place.refuse('name at least one operator, such as $set');
  for (const [operator, changes] of Object.entries(update)) {
    const at = place.at(operator);
    if (!UPDATES.has(operator)) at.refuse(`expected one of ${[...UPDATES].join(', ')}`);
    if (Object.keys(at.object(changes)).length === 0) at.refuse('name at least one field');
    for (const [path, operand] of Object.entries(at.object(changes))) {
      judgeTarget(path, at);
      judgeOperand(operator, operand, at.at(path));
    }
  }
}

function judgeTarget(path: string, place: Place): void {
  judgePath(path, place);
  if (path === '_id' || path.startsWith('_id.')) place.at(path).refuse('the _id of a document stays');
}

function judgeOperand(operator: string, operand: JsonValue, place: Place): void {
  if (operator === '$rename') judgeTarget(place.text(operand), place);
  else if (operator === '$push' || operator === '$addToSet') judgePushed(operand, place);
  else judgeValue(operand, place);
}

function judgePushed(operand: JsonValue, place: Place): void {
  if (isObject(operand) && '$each' in operand)
    judgeValue(place.list(place.options(operand, ['$each']).$each), place.at('$each'));
  else judgeValue(operand, place);
}
