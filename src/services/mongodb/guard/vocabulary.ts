/**
 * Every operator that may be sent. What is not here is refused: `$where`, `$function` and `$accumulator` run
 * JavaScript in the server; `$out` and `$merge` write; `$currentOp`, `$listSessions` and the like show what others do.
 *
 * @see https://www.mongodb.com/docs/manual/reference/operator/
 */
const words = (text: string): ReadonlySet<string> =>
  new Set(
    text
      .trim()
      .split(/\s+/)
      .map((word) => `$${word}`),
  );

/** Operators of an expression, accumulators and window functions among them. */
export const EXPRESSIONS = words(`
  abs acos acosh add addToSet allElementsTrue and anyElementTrue arrayElemAt arrayToObject asin asinh atan atan2
  atanh avg binarySize bitAnd bitNot bitOr bitXor bottom bottomN bsonSize ceil cmp concat concatArrays cond convert
  cos cosh count covariancePop covarianceSamp dateAdd dateDiff dateFromParts dateFromString dateSubtract dateToParts
  dateToString dateTrunc dayOfMonth dayOfWeek dayOfYear degreesToRadians denseRank derivative divide documentNumber
  eq exp expMovingAvg filter first firstN floor getField gt gte hour ifNull in indexOfArray indexOfBytes indexOfCP
  integral isArray isNumber isoDayOfWeek isoWeek isoWeekYear last lastN let linearFill ln locf log log10 lt lte
  ltrim map max maxN median mergeObjects millisecond min minN minute mod month multiply ne not objectToArray or
  percentile pow push radiansToDegrees rand range rank reduce regexFind regexFindAll regexMatch replaceAll replaceOne
  reverseArray round rtrim second setDifference setEquals setField setIntersection setIsSubset setUnion shift sin
  sinh size slice sortArray split sqrt stdDevPop stdDevSamp strLenBytes strLenCP strcasecmp substr substrBytes
  substrCP subtract sum switch tan tanh toBool toDate toDecimal toDouble toInt toLong toLower toObjectId toString
  toUpper top topN trim trunc tsIncrement tsSecond type unsetField week year zip
`);

/** Variables of the system that an expression may read. Those of the cluster and of the account are not among them. */
export const VARIABLES: ReadonlySet<string> = new Set([
  'ROOT',
  'CURRENT',
  'NOW',
  'REMOVE',
  'DESCEND',
  'PRUNE',
  'KEEP',
]);

/** Operators that a filter applies to the value of a field. */
export const CONDITIONS = words(`
  eq ne gt gte lt lte in nin all exists type size mod regex options not elemMatch
  bitsAllSet bitsAllClear bitsAnySet bitsAnyClear geoWithin geoIntersects
`);

/** Operators that stand in the place of a field in a filter. */
export const CONNECTIVES = words('and or nor expr text');

/** What only occurs inside of an operator that is listed above. */
export const PARTS = words(
  'literal meta search language caseSensitive diacriticSensitive geometry centerSphere box',
);

/** Stages of a pipeline. */
export const STAGES = words(`
  match project addFields set unset group sort limit skip unwind count sortByCount replaceRoot replaceWith bucket
  bucketAuto facet sample redact lookup graphLookup unionWith setWindowFields densify fill
`);

/** Operators of an update, each of which is worked out before it is written. */
export const UPDATES = words('set unset inc rename push addToSet pull');
