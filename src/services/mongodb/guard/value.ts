import type { JsonValue } from '../../../toolset/define.ts';
import { isFaithful, isPlainPath } from '../names.ts';
import { literalOf } from './literal.ts';
import { isList, isObject, type Place } from './place.ts';

/** Holds that a value is data: no key in it is an operator. Throws ToolError('query_refused'). */
export function judgeValue(value: JsonValue, place: Place): void {
  if (typeof value === 'string') judgeText(value, place);
  else if (isList(value)) for (const [at, item] of value.entries()) judgeValue(item, place.at(at));
  else if (isObject(value) && !literalOf(value, place))
    for (const [key, item] of Object.entries(value)) {
      judgeField(key, place);
      judgeValue(item, place.at(key));
    }
}

/** Holds that text can be sent as it is. */
export function judgeText(text: string, place: Place): void {
  if (/\p{Cs}/u.test(text)) place.refuse('holds half a character');
}

/** JavaScript takes the one for something else than a field; by the other its driver tells BSON's types. */
const isTaken = (key: string): boolean => key === '__proto__' || key === '_bsontype';

/** Holds that a key is the name of a field. */
export function judgeField(key: string, place: Place): void {
  if (key.startsWith('$')) place.at(key).refuse('no operator can stand here');
  if (!isFaithful(key) || isTaken(key)) place.refuse('a field’s name that cannot be sent');
}

/** Holds that a key is a path to a field. */
export function judgePath(path: string, place: Place): void {
  if (!isPlainPath(path) || path.split('.').some(isTaken))
    place.refuse(`${JSON.stringify(path.slice(0, 100))} is no path of field names joined by dots`);
}

/** Holds that a value is a whole number in a range. */
export function judgeNumber(value: JsonValue | undefined, least: number, most: number, place: Place): void {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
    place.refuse(`expected a whole number from ${least} to ${most}`);
}
