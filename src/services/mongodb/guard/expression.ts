import type { JsonValue } from '../../../toolset/define.ts';
import { literalOf } from './literal.ts';
import { isList, isObject, type JsonObject, type Place } from './place.ts';
import { judgeField, judgePath, judgeText, judgeValue } from './value.ts';
import { EXPRESSIONS, VARIABLES } from './vocabulary.ts';

/** Holds that every operator and variable of an expression is known. Throws ToolError('query_refused'). */
export function judgeExpression(value: JsonValue, place: Place): void {
  if (typeof value === 'string') judgeReference(value, place);
  else if (isList(value)) for (const [at, item] of value.entries()) judgeExpression(item, place.at(at));
  else if (isObject(value) && !literalOf(value, place)) judgeObject(value, place);
}

function judgeObject(value: JsonObject, place: Place): void {
  const keys = Object.keys(value);
  const [operator] = keys;
  if (operator?.startsWith('$') && keys.length === 1) judgeOperator(operator, value[operator] ?? null, place);
  else judgeFields(value, place);
}

/** Holds the same of an object whose keys are fields. */
export function judgeFields(value: JsonObject, place: Place): void {
  for (const [key, item] of Object.entries(value)) {
    judgeField(key, place);
    judgeExpression(item, place.at(key));
  }
}

/** Holds that an operator is known, and all that it is applied to. */
export function judgeOperator(operator: string, operand: JsonValue, place: Place): void {
  const at = place.at(operator);
  if (operator === '$literal') judgeValue(operand, at);
  else if (operator === '$meta') judgeMeta(operand, at);
  else if (EXPRESSIONS.has(operator)) judgeExpression(operand, at);
  else at.refuse('this operator is not allowed');
}

/** Only the score of a text search is shown of what the server knows about a document. */
export function judgeMeta(value: JsonValue, place: Place): void {
  if (value !== 'textScore') place.refuse('only textScore is allowed');
}

/** Text that begins with $ names a field, or with $$ a variable. */
function judgeReference(text: string, place: Place): void {
  judgeText(text, place);
  if (text.startsWith('$$')) judgeVariable(text, place);
  else if (text.startsWith('$')) judgePath(text.slice(1), place);
}

function judgeVariable(text: string, place: Place): void {
  const [name = '', ...path] = text.slice(2).split('.');
  if (!VARIABLES.has(name) && !/^[a-z]\w*$/.test(name)) place.refuse(`the variable $$${name} is not allowed`);
  if (path.length > 0) judgePath(path.join('.'), place);
}
