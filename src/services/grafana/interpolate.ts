import { ToolError } from '../../toolset/errors.ts';
import { MOST_EXPR, type ReadingType } from './read-query.ts';
import type { Binding, Bindings } from './variables.ts';

/**
 * The three ways to name a variable, with its field and its format. None is longer than a name can be, so that a text
 * of many beginnings and no end is soon read.
 * @see https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/
 */
const REFERENCE =
  /\$(?<plain>\w+)|\[\[(?<square>\w{1,200}?)(?::(?<squareFormat>\w{1,200}))?\]\]|\$\{(?<brace>\w{1,200})(?:\.(?<field>[^:}]{1,200}))?(?::(?<format>[^}]{1,200}))?\}/g;
/** What the data source's backend puts in itself, from the time range and the points asked for. */
const OF_BACKEND = /^__(interval|interval_ms|range|range_s|range_ms|rate_interval|rate_interval_ms|auto)$/;

export interface Interpolation {
  readonly bindings: Bindings;
  /** Time range in Unix milliseconds. */
  readonly from: number;
  readonly to: number;
}

type Format = (value: string | readonly string[], binding: Binding) => string;

const joined = (separator: string, value: string | readonly string[]): string =>
  typeof value === 'string' ? value : value.join(separator);

/** Escapes as Grafana's front end does by default for each language; both for a place within double quotes. */
const META = /[$^*{}[\]+?.()|]/g;
const doubled = (value: string): string => value.replaceAll('\\', '\\\\');
const quoteSafe = (value: string): string => value.replaceAll("'", "\\\\'");
const regexSafe = (value: string): string => value.replaceAll('\\', '\\\\\\\\').replace(META, '\\\\$&');

const DEFAULTS: Readonly<Record<ReadingType, Format>> = {
  prometheus: (value, { variable }) => {
    if (!variable.multi && !variable.includeAll) return quoteSafe(doubled(joined(',', value)));
    if (typeof value === 'string') return regexSafe(value);
    const safe = value.map(regexSafe);
    return safe.length === 1 ? (safe[0] ?? '') : `(${safe.join('|')})`;
  },
  loki: (value, { variable }) => {
    if (!variable.multi && !variable.includeAll) return joined(',', value);
    return joined('|', typeof value === 'string' ? regexSafe(value) : value.map(regexSafe)).replaceAll(
      "'",
      "\\\\'",
    );
  },
};

/** The formats that a reference may ask for; any other is refused. */
const FORMATS: ReadonlyMap<string, Format> = new Map<string, Format>([
  ['raw', (value) => joined(',', value)],
  ['csv', (value) => joined(',', value)],
  ['pipe', (value) => joined('|', value)],
  [
    'regex',
    (value) => {
      const safe = (typeof value === 'string' ? [value] : value).map((one) =>
        one.replace(/[\\^$*+?.()|[\]{}/]/g, '\\$&'),
      );
      return safe.length === 1 ? (safe[0] ?? '') : `(${safe.join('|')})`;
    },
  ],
]);

/**
 * Puts the variables of a dashboard into a stored text, with the escapes of Grafana's front end and once only: what
 * was put in is not looked at again. `$name` that is no variable of the dashboard stays as it is; what the backend knows stays for it.
 * `innocent` puts a harmless word where a caller wrote the value, to compare the two.
 * Throws ToolError('query_refused') for a reference that is not understood, 'invalid_arguments' where a value is missing.
 */
export function interpolate(
  text: string,
  type: ReadingType,
  how: Interpolation,
  innocent = false,
): { text: string; isGiven: boolean } {
  let done = '';
  let at = 0;
  let isGiven = false;
  for (const match of text.matchAll(REFERENCE)) {
    const put = putIn(match, type, how, innocent);
    isGiven ||= put.isGiven;
    done += text.slice(at, match.index) + put.text;
    at = match.index + match[0].length;
    if (done.length > MOST_EXPR)
      throw new ToolError('query_refused', 'the stored query is too long with its variables put in');
  }
  return { text: done + text.slice(at), isGiven };
}

function putIn(
  { 0: match, groups = {} }: RegExpExecArray,
  type: ReadingType,
  { bindings, from, to }: Interpolation,
  innocent: boolean,
): { text: string; isGiven: boolean } {
  const name = groups.plain ?? groups.square ?? groups.brace ?? '';
  const format = groups.squareFormat ?? groups.format;
  const isBare = groups.field === undefined && format === undefined;
  if (isBare && OF_BACKEND.test(name)) return { text: match, isGiven: false };
  if (isBare && name === '__from') return { text: String(from), isGiven: false };
  if (isBare && name === '__to') return { text: String(to), isGiven: false };
  const binding = bindings(name);
  if (!binding && !name.startsWith('__')) return { text: match, isGiven: false };
  const write = format === undefined ? DEFAULTS[type] : FORMATS.get(format);
  if (!binding || !write || groups.field !== undefined)
    throw new ToolError('query_refused', `${match} in the stored query is not understood here`);
  if (binding.isRaw) return { text: joined(',', binding.value), isGiven: false };
  const { isGiven } = binding;
  return { text: write(innocent && isGiven ? harmless(binding.value) : binding.value, binding), isGiven };
}

const harmless = (value: string | readonly string[]): string | string[] =>
  typeof value === 'string' ? 'x' : value.map(() => 'x');
