import type { JsonValue } from '../../../toolset/define.ts';
import { judgeExpression, judgeFields, judgeOperator } from './expression.ts';
import { judgeFilter } from './filter.ts';
import { judgeSort } from './find.ts';
import { isList, isObject, type Place } from './place.ts';
import { judgeField, judgeNumber, judgePath, judgeText, judgeValue } from './value.ts';

/** Stages of a pipeline and of all inside it; more is no question that somebody asks. */
const MOST_STAGES = 100;
const MOST_NUMBER = 1_000_000_000;

/** What a pipeline was found to read, besides the collection that it runs on. */
export class Findings {
  readonly collections = new Set<string>();
  #stages = 0;

  count(place: Place): void {
    this.#stages += 1;
    if (this.#stages > MOST_STAGES) place.refuse(`more than ${MOST_STAGES} stages`);
  }
}

type Judge = (value: JsonValue, place: Place, findings: Findings) => void;

/**
 * Holds that a pipeline, with every pipeline inside it, has known stages and operators alone, and gathers the
 * collections that it reads. Throws ToolError('query_refused').
 */
export function judgePipeline(pipeline: JsonValue, place: Place, findings: Findings): void {
  for (const [index, stage] of place.list(pipeline).entries()) judgeStage(stage, place.at(index), findings);
}

function judgeStage(stage: JsonValue, place: Place, findings: Findings): void {
  findings.count(place);
  const entries = Object.entries(place.object(stage));
  if (entries.length !== 1) place.refuse('a stage has just one key, its name');
  for (const [name, value] of entries) {
    const at = place.at(name);
    const judge = Object.hasOwn(STAGES, name) ? STAGES[name] : undefined;
    (judge ?? at.refuse('this stage is not allowed'))(value, at, findings);
  }
}

const fields: Judge = (value, place) => judgeFields(place.object(value), place);
const number: Judge = (value, place) => judgeNumber(value, 0, MOST_NUMBER, place);

/** Makes the judge of a stage that is an object of expressions under these keys. */
const expressionsAt =
  (...keys: string[]): Judge =>
  (value, place) =>
    judgeFields(place.options(value, keys), place);

/** Makes the judge of a stage that is an object of plain values under these keys. */
const valuesAt =
  (...keys: string[]): Judge =>
  (value, place) =>
    judgeValue(place.options(value, keys), place);

const STAGES: Readonly<Record<string, Judge>> = {
  $match: (value, place) => judgeFilter(value, place),
  $project: fields,
  $addFields: fields,
  $set: fields,
  $unset: (value, place) => {
    for (const path of isList(value) ? value : [value]) judgePath(place.text(path), place);
  },
  $group: fields,
  $sort: judgeSort,
  $limit: number,
  $skip: number,
  $unwind: (value, place) =>
    isObject(value)
      ? expressionsAt('path', 'includeArrayIndex', 'preserveNullAndEmptyArrays')(value, place, new Findings())
      : judgeExpression(place.text(value), place),
  $count: (value, place) => judgePath(place.text(value), place),
  $sortByCount: judgeExpression,
  $replaceRoot: expressionsAt('newRoot'),
  $replaceWith: judgeExpression,
  $bucket: expressionsAt('groupBy', 'boundaries', 'default', 'output'),
  $bucketAuto: expressionsAt('groupBy', 'buckets', 'output', 'granularity'),
  $sample: (value, place) =>
    judgeNumber(place.options(value, ['size']).size, 1, MOST_NUMBER, place.at('size')),
  $redact: judgeExpression,
  $densify: valuesAt('field', 'partitionByFields', 'range'),
  $fill: expressionsAt('partitionBy', 'partitionByFields', 'sortBy', 'output'),
  $facet(value, place, findings) {
    for (const [name, pipeline] of Object.entries(place.object(value))) {
      judgeField(name, place);
      judgePipeline(pipeline, place.at(name), findings);
    }
  },
  $lookup(value, place, findings) {
    const {
      from,
      pipeline,
      let: variables,
      ...rest
    } = place.options(value, ['from', 'localField', 'foreignField', 'let', 'pipeline', 'as']);
    readsFrom(from, place.at('from'), findings);
    if (variables !== undefined) judgeFields(place.object(variables), place.at('let'));
    if (pipeline !== undefined) judgePipeline(pipeline, place.at('pipeline'), findings);
    for (const [key, path] of Object.entries(rest)) judgePath(place.at(key).text(path), place.at(key));
  },
  $graphLookup(value, place, findings) {
    const { from, startWith, restrictSearchWithMatch, ...rest } = place.options(value, [
      'from',
      'startWith',
      'connectFromField',
      'connectToField',
      'as',
      'maxDepth',
      'depthField',
      'restrictSearchWithMatch',
    ]);
    readsFrom(from, place.at('from'), findings);
    judgeExpression(startWith ?? null, place.at('startWith'));
    if (restrictSearchWithMatch !== undefined)
      judgeFilter(restrictSearchWithMatch, place.at('restrictSearchWithMatch'));
    judgeValue(rest, place);
  },
  $unionWith(value, place, findings) {
    const { coll, pipeline } =
      typeof value === 'string' ? { coll: value } : place.options(value, ['coll', 'pipeline']);
    readsFrom(coll, place.at('coll'), findings);
    if (pipeline !== undefined) judgePipeline(pipeline, place.at('pipeline'), findings);
  },
  $setWindowFields(value, place) {
    const { output, sortBy, partitionBy } = place.options(value, ['partitionBy', 'sortBy', 'output']);
    if (partitionBy !== undefined) judgeExpression(partitionBy, place.at('partitionBy'));
    if (sortBy !== undefined) judgeSort(sortBy, place.at('sortBy'));
    for (const [field, of] of Object.entries(place.object(output))) {
      judgeField(field, place);
      const at = place.at(field);
      for (const [key, operand] of Object.entries(at.object(of)))
        if (key === 'window') judgeValue(operand, at.at(key));
        else judgeOperator(key, operand, at);
    }
  },
};

/** An object in the place of a name reaches into another database. */
function readsFrom(name: JsonValue | undefined, place: Place, findings: Findings): void {
  const collection = place.text(name);
  judgeText(collection, place);
  findings.collections.add(collection);
}
