import { bytesOf, LogqlError, secondsOf } from './logql-lexer.ts';

/** A line on its way through a pipeline. */
export interface Entry {
  readonly nanoseconds: string;
  readonly line: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Labels of the stream, which no parser overwrites. */
  readonly base: Readonly<Record<string, string>>;
}
/** What a stage makes of a line; undefined where it filters the line out. */
export type Stage = (entry: Entry) => Entry | undefined;

export interface Matcher {
  readonly label: string;
  readonly op: string;
  readonly value: string;
}

/** A regular expression, or the error that Loki answers to none. */
export function compiled(pattern: string, flags = ''): RegExp {
  try {
    // Go switches case off inside of the pattern.
    const plain = pattern.replaceAll('(?P<', '(?<').replaceAll('(?i)', '');
    return new RegExp(plain, pattern.includes('(?i)') ? `${flags}i` : flags);
  } catch {
    throw new LogqlError(`parse error : error parsing regexp: \`${pattern}\``);
  }
}

/** Whether a label set satisfies a matcher; a label that is not there counts as empty. */
export function matches(labels: Readonly<Record<string, string>>, { label, op, value }: Matcher): boolean {
  const found = Object.hasOwn(labels, label) ? (labels[label] ?? '') : '';
  if (op === '=') return found === value;
  if (op === '!=') return found !== value;
  const holds = compiled(`^(?:${value})$`, 's').test(found);
  return op === '=~' ? holds : !holds;
}

/** A filter of lines by one of several texts. */
export const lineFilter = (op: string, texts: readonly string[]): Stage => {
  const patterns = op.endsWith('~') ? texts.map((text) => compiled(text)) : [];
  const isIn = (line: string) =>
    patterns.some((pattern) => pattern.test(line)) ||
    (patterns.length === 0 && texts.some((text) => line.includes(text)));
  const isNegated = op.startsWith('!');
  return (entry) => (isIn(entry.line) === isNegated ? undefined : entry);
};

/** Puts labels found in a line beside those of the stream; a name that the stream has gets a suffix. */
export const extract =
  (find: (line: string) => Readonly<Record<string, string>>): Stage =>
  (entry) => {
    const found = Object.entries(find(entry.line)).map(([name, value]) => [
      Object.hasOwn(entry.base, name) ? `${name}_extracted` : name,
      value,
    ]);
    return { ...entry, labels: { ...entry.labels, ...Object.fromEntries(found) } };
  };

export function jsonLabels(line: string): Record<string, string> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return { __error__: 'JSONParserErr' };
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, String(one)]));
  } catch {
    return { __error__: 'JSONParserErr' };
  }
}

export const logfmtLabels = (line: string): Record<string, string> =>
  Object.fromEntries(
    [...line.matchAll(/([\w.]+)=(?:"([^"]*)"|(\S*))/g)].map(([, name = '', quoted, bare]) => [
      name,
      quoted ?? bare ?? '',
    ]),
  );

/** Named groups of a regular expression in Go's spelling. */
export const regexpLabels = (pattern: string) => {
  const groups = compiled(pattern);
  return (line: string): Record<string, string> => ({ ...groups.exec(line)?.groups });
};

/** Writes the values of `{{.name}}` and `{{__line__}}` into a template; other actions write nothing. */
export const fill = (template: string, entry: Entry): string =>
  template.replace(/\{\{-?\s*(?:\.(\w+)|(__line__))?[^}]*\}\}/g, (_, field?: string, line?: string) =>
    line ? entry.line : field && Object.hasOwn(entry.labels, field) ? (entry.labels[field] ?? '') : '',
  );

/** A comparison of a label with a number, a duration or a size. */
export function compare(label: string, op: string, value: number, read: (text: string) => number): Stage {
  const holds = comparison(op);
  return (entry) => {
    const text = entry.labels[label];
    return text !== undefined && holds(read(text), value) ? entry : undefined;
  };
}

export function comparison(op: string): (one: number, other: number) => boolean {
  if (op === '>') return (one, other) => one > other;
  if (op === '>=') return (one, other) => one >= other;
  if (op === '<') return (one, other) => one < other;
  if (op === '<=') return (one, other) => one <= other;
  if (op === '!=') return (one, other) => one !== other;
  if (op === '=' || op === '==') return (one, other) => one === other;
  throw new LogqlError(`parse error : unexpected comparison ${op}`);
}

/** The number in a label, converted as `unwrap` does. */
export function unwrapped(text: string, conversion: string): number {
  if (conversion === 'bytes') return bytesOf(text);
  return conversion === '' ? Number(text) : secondsOf(text);
}
