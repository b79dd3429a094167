/*
 * The functions that a query may call, each of which computes from its arguments alone. Absent by intent: what reads
 * a dictionary, a Join table, a file, a model, a setting or the server (dictGet, joinGet, file, getSetting, hostName,
 * currentUser), what takes a table's or a function's name as text (in, arrayReduce, initializeAggregation), and what
 * only wastes time (sleep). See https://clickhouse.com/docs/sql-reference/functions
 */
const PLAIN = `
abs accurateCastOrNull acos addDays addHours addMinutes addMonths addQuarters addSeconds addWeeks addYears
age alphaTokens and any anyHeavy anyLast appendTrailingCharIfAbsent argMax argMin array arrayAll arrayAvg
arrayCompact arrayConcat arrayCount arrayCumSum arrayCumSumNonNegative arrayDifference arrayDistinct
arrayElement arrayEnumerate arrayEnumerateDense arrayEnumerateUniq arrayExists arrayFill arrayFilter
arrayFirst arrayFirstIndex arrayFlatten arrayIntersect arrayJoin arrayLast arrayLastIndex arrayMap arrayMax
arrayMin arrayPopBack arrayPopFront arrayProduct arrayPushBack arrayPushFront arrayReverse arrayReverseSort
arraySlice arraySort arraySplit arrayStringConcat arraySum arrayUniq arrayZip asin assumeNotNull atan avg
avgWeighted bar base64Decode base64Encode bitAnd bitCount bitNot bitOr bitShiftLeft bitShiftRight bitTest
bitXor cbrt ceil ceiling cityHash64 coalesce concat concatAssumeInjective corr corrStable cos count countEqual
countSubstrings countSubstringsCaseInsensitive covarPop covarSamp cutFragment cutQueryString
cutQueryStringAndFragment cutToFirstSignificantSubdomain cutURLParameter cutWWW dateAdd dateDiff dateName
dateSub dateTrunc decodeURLComponent deltaSum divide domain domainWithoutWWW e empty emptyArrayString
emptyArrayUInt64 endsWith equals erf erfc exp exp10 exp2 exponentialMovingAverage extract extractAll
extractURLParameter extractURLParameterNames extractURLParameters farmHash64 firstSignificantSubdomain
flatten floor format formatDateTime formatReadableQuantity formatReadableSize formatReadableTimeDelta
fragment fromUnixTimestamp gcd greatCircleDistance greater greaterOrEquals greatest groupArray
groupArrayInsertAt groupArrayMovingAvg groupArrayMovingSum groupArraySample groupBitAnd groupBitOr groupBitXor
groupBitmap groupUniqArray halfMD5 has hasAll hasAny hasSubstr hex histogram identity if ifNull ignore
indexOf intDiv intDivOrZero intHash32 intHash64 intersectInt IPv4NumToString IPv4NumToStringClassC
IPv4StringToNum IPv6NumToString IPv6StringToNum isFinite isInfinite isNaN isNotNull isNull isValidJSON
isValidUTF8 JSONExtract JSONExtractArrayRaw JSONExtractBool JSONExtractFloat JSONExtractInt
JSONExtractKeysAndValues JSONExtractKeysAndValuesRaw JSONExtractRaw JSONExtractString JSONExtractUInt JSONHas
JSONKey JSONLength JSONType kurtPop kurtSamp lcm least left leftPad length lengthUTF8 less lessOrEquals
like log log10 log1p log2 lower lowerUTF8 ltrim map mapAdd mapContains mapKeys mapSubtract mapValues match
materialize max maxMap MD5 median medianDeterministic medianExact medianTDigest medianTiming min minMap minus
modulo moduloOrZero multiIf multiply multiSearchAny
multiSearchAnyCaseInsensitive multiSearchFirstIndex multiSearchFirstPosition negate ngramDistance not
notEmpty notEquals notLike now now64 nullIf or parseDateTimeBestEffort parseDateTimeBestEffortOrNull
parseDateTimeBestEffortOrZero path pathFull pi plus port position positionCaseInsensitive
positionCaseInsensitiveUTF8 positionUTF8 pow power protocol quantile quantileDeterministic quantileExact
quantileExactWeighted quantileTDigest quantileTDigestWeighted quantileTiming quantileTimingWeighted quantiles
quantilesExact quantilesTDigest quantilesTiming queryString queryStringAndFragment rand rand32 rand64
replace replaceAll replaceOne replaceRegexpAll replaceRegexpOne reverse reverseUTF8 right rightPad round
roundAge roundBankers roundDown roundDuration roundToExp2 rtrim SHA1 SHA224 SHA256 sign sin sipHash64 skewPop
skewSamp splitByChar splitByNonAlpha splitByRegexp splitByString splitByWhitespace sqrt startsWith stddevPop
stddevSamp subDate substring substringUTF8 subtractDays subtractHours subtractMinutes subtractMonths
subtractQuarters subtractSeconds subtractWeeks subtractYears sum sumCount sumKahan sumMap sumWithOverflow tan
tgamma timeSlot timeSlots today toDate toDate32 toDateOrNull toDateOrZero toDateTime toDateTime64
toDateTimeOrNull toDateTimeOrZero toDayOfMonth toDayOfWeek toDayOfYear toDecimal128 toDecimal32 toDecimal64
toFixedString toFloat32 toFloat32OrNull toFloat32OrZero toFloat64 toFloat64OrNull toFloat64OrZero toHour
toInt16 toInt16OrNull toInt16OrZero toInt32 toInt32OrNull toInt32OrZero toInt64 toInt64OrNull toInt64OrZero
toInt8 toInt8OrNull toInt8OrZero toIntervalDay toIntervalHour toIntervalMinute toIntervalMonth
toIntervalQuarter toIntervalSecond toIntervalWeek toIntervalYear toIPv4 toIPv6 toISOWeek toISOYear
toLastDayOfMonth toMinute toMonday toMonth toNullable topK topKWeighted topLevelDomain toQuarter
toRelativeDayNum toRelativeHourNum toRelativeMinuteNum toRelativeMonthNum toRelativeSecondNum
toRelativeWeekNum toRelativeYearNum toSecond toStartOfDay toStartOfFifteenMinutes toStartOfFiveMinute
toStartOfFiveMinutes toStartOfHour toStartOfInterval toStartOfISOYear toStartOfMinute toStartOfMonth
toStartOfQuarter toStartOfSecond toStartOfTenMinutes toStartOfWeek toStartOfYear toString
toStringCutToZero toTime toTimeZone toTypeName toUInt16 toUInt16OrNull toUInt16OrZero toUInt32 toUInt32OrNull
toUInt32OrZero toUInt64 toUInt64OrNull toUInt64OrZero toUInt8 toUInt8OrNull toUInt8OrZero toUnixTimestamp
toUnixTimestamp64Milli toUUID toValidUTF8 toWeek toYear toYearWeek toYYYYMM toYYYYMMDD toYYYYMMDDhhmmss
transform translate trim trimBoth trimLeft trimRight trunc truncate tuple tupleElement unhex uniq uniqCombined
uniqCombined64 uniqExact uniqHLL12 uniqUpTo upper upperUTF8 URLHierarchy URLPathHierarchy UUIDNumToString
UUIDStringToNum varPop varSamp visitParamExtractBool visitParamExtractFloat visitParamExtractInt
visitParamExtractRaw visitParamExtractString visitParamExtractUInt visitParamHas windowFunnel retention
sequenceMatch sequenceCount xor xxHash32 xxHash64 yesterday bitmapCardinality finalizeAggregation
runningAccumulate runningDifference neighbor rowNumberInAllBlocks range simpleLinearRegression entropy
`;

/** Aggregates, to which combinators may be appended. */
const AGGREGATE =
  /^(?:any|anyHeavy|anyLast|argMax|argMin|avg|avgWeighted|corr|count|covar\w+|deltaSum|entropy|group\w+|kurt\w+|max|maxMap|median\w*|min|minMap|quantile\w*|simpleLinearRegression|skew\w+|stddev\w+|sum|sumCount|sumKahan|sumMap|sumWithOverflow|topK\w*|uniq\w*|var\w+)$/;
const COMBINATORS = [
  'If',
  'Array',
  'Map',
  'Merge',
  'State',
  'ForEach',
  'Distinct',
  'OrDefault',
  'OrNull',
] as const;
const MOST_COMBINATORS = 4;

/** By lower case, because some of them may be written so and the others are printed right. */
const SPELLING: ReadonlyMap<string, string> = new Map(
  PLAIN.trim()
    .split(/\s+/)
    .map((name) => [name.toLowerCase(), name]),
);
/** Other spellings of a standard, which the server may not know. */
const ALSO: ReadonlyMap<string, string> = new Map([
  ['ucase', 'upper'],
  ['lcase', 'lower'],
  ['substr', 'substring'],
  ['mid', 'substring'],
  ['ln', 'log'],
  ['char_length', 'lengthUTF8'],
  ['character_length', 'lengthUTF8'],
  ['date_trunc', 'dateTrunc'],
  ['date_diff', 'dateDiff'],
  ['stddev_pop', 'stddevPop'],
  ['stddev_samp', 'stddevSamp'],
  ['var_pop', 'varPop'],
  ['var_samp', 'varSamp'],
]);

/** How the server spells a function that a query may call; undefined for every other name. */
export function spellingOf(name: string): string | undefined {
  const lower = name.toLowerCase();
  return ALSO.get(lower) ?? SPELLING.get(lower) ?? combined(name, MOST_COMBINATORS);
}

function combined(name: string, left: number): string | undefined {
  const suffix = COMBINATORS.find((one) => name.endsWith(one));
  if (suffix === undefined || left === 0) return undefined;
  const rest = name.slice(0, -suffix.length);
  const base = SPELLING.get(rest.toLowerCase()) ?? combined(rest, left - 1);
  return base !== undefined && isAggregate(base) ? `${base}${suffix}` : undefined;
}

function isAggregate(name: string): boolean {
  const suffix = COMBINATORS.find((one) => name.endsWith(one) && !SPELLING.has(name.toLowerCase()));
  return suffix ? isAggregate(name.slice(0, -suffix.length)) : AGGREGATE.test(name);
}
