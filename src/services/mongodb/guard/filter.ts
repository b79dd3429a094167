import type { JsonValue } from '../../../toolset/define.ts';
import { judgeExpression } from './expression.ts';
import { literalOf } from './literal.ts';
import { isObject, type JsonObject, type Place } from './place.ts';
import { judgePath, judgeText, judgeValue } from './value.ts';
import { CONDITIONS } from './vocabulary.ts';

/** Holds that a filter has known operators alone, at every depth. Throws ToolError('query_refused'). */
export function judgeFilter(filter: JsonValue, place: Place): void {
  for (const [key, value] of Object.entries(place.object(filter))) {
    const at = place.at(key);
    if (!key.startsWith('$')) {
      judgePath(key, place);
      judgeCondition(value, at);
    } else if (key === '$and' || key === '$or' || key === '$nor')
      for (const [index, one] of at.list(value).entries()) judgeFilter(one, at.at(index));
    else if (key === '$expr') judgeExpression(value, at);
    else if (key === '$text')
      judgeOptions(value, ['$search', '$language', '$caseSensitive', '$diacriticSensitive'], at);
    else at.refuse('this operator is not allowed in a filter');
  }
}

/** Holds that what a field is compared with is a value, or known operators with their values. */
export function judgeCondition(value: JsonValue, place: Place): void {
  if (!isObject(value) || literalOf(value, place) || !isOperators(value)) {
    judgeValue(value, place);
    return;
  }
  for (const [operator, operand] of Object.entries(value)) {
    const at = place.at(operator);
    // A field among operators is data to some versions of the server and an error to others.
    if (!CONDITIONS.has(operator)) at.refuse('this operator is not allowed on a field');
    (OPERANDS[operator] ?? judgeValue)(operand, at);
  }
}

const isOperators = (value: JsonObject): boolean => Object.keys(value).some((key) => key.startsWith('$'));

type Judge = (operand: JsonValue, place: Place) => void;

const pattern: Judge = (operand, place) => {
  if (isObject(operand)) judgeValue(operand, place);
  else judgeText(place.text(operand), place);
};

/** Operators whose operand is more than a value. */
const OPERANDS: Readonly<Record<string, Judge>> = {
  $not: judgeCondition,
  $elemMatch: judgeElement,
  $regex: pattern,
  $options: pattern,
  $geoWithin: (operand, place) => judgeOptions(operand, ['$geometry', '$centerSphere', '$box'], place),
  $geoIntersects: (operand, place) => judgeOptions(operand, ['$geometry'], place),
};

/** An element is matched by operators on itself, or by a filter on its fields. */
function judgeElement(operand: JsonValue, place: Place): void {
  const element = place.object(operand);
  const [first] = Object.keys(element);
  if (first !== undefined && CONDITIONS.has(first)) judgeCondition(element, place);
  else judgeFilter(element, place);
}

function judgeOptions(value: JsonValue, allowed: readonly string[], place: Place): void {
  for (const [key, item] of Object.entries(place.options(value, allowed))) judgeValue(item, place.at(key));
}
