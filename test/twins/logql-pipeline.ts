import type { LogqlParser } from './logql-parser.ts';
import {
  compare,
  type Entry,
  extract,
  fill,
  jsonLabels,
  lineFilter,
  logfmtLabels,
  matches,
  regexpLabels,
  type Stage,
} from './logql-stages.ts';

interface Pipeline {
  readonly stages: Stage[];
  readonly unwrap?: { readonly label: string; readonly conversion: string };
}

const pass: Stage = (entry) => entry;

/** Reads the stages of a pipeline, up to a window or the end. */
export function parseStages(parser: LogqlParser): Pipeline {
  const stages: Stage[] = [];
  for (;;) {
    const op = parser.takes('|=', '!=', '|~', '!~', '|>', '!>');
    if (op !== undefined) stages.push(parseLineFilter(parser, op));
    else if (!parser.takes('|')) return { stages };
    else if (parser.takes('unwrap')) return { ...parseUnwrap(parser, stages) };
    else stages.push(parseStage(parser));
  }
}

function parseLineFilter(parser: LogqlParser, op: string): Stage {
  const texts: string[] = [];
  let isIp = false;
  do {
    if (parser.takes('ip')) {
      isIp = true;
      parser.expect('(');
      parser.take('string');
      parser.expect(')');
    } else texts.push(parser.take('string'));
  } while (parser.takes('or'));
  // Addresses and patterns are read and let through: the twin shows rather too much than too little.
  return isIp || op.endsWith('>') ? pass : lineFilter(op, texts);
}

function parseUnwrap(parser: LogqlParser, stages: Stage[]): Pipeline {
  const name = parser.take('name');
  let unwrap = { label: name, conversion: '' };
  if (parser.takes('(')) {
    unwrap = { label: parser.take('name'), conversion: name };
    parser.expect(')');
  }
  while (parser.takes('|')) stages.push(parseLabelFilter(parser));
  return { stages, unwrap };
}

const STAGES: Readonly<Record<string, (parser: LogqlParser) => Stage>> = {
  json: (parser) => parseExtraction(parser, jsonLabels),
  logfmt: (parser) => {
    while (parser.next.kind === 'flag') parser.take('flag');
    return parseExtraction(parser, logfmtLabels);
  },
  regexp: (parser) => extract(regexpLabels(parser.take('string'))),
  pattern: (parser) => {
    parser.take('string');
    return pass;
  },
  unpack: () => pass,
  decolorize: () => pass,
  line_format: (parser) => {
    const template = parser.take('string');
    return (entry) => ({ ...entry, line: fill(template, entry) });
  },
  label_format: parseLabelFormat,
  drop: (parser) => parsePicked(parser, (isPicked) => !isPicked),
  keep: (parser) => parsePicked(parser, (isPicked) => isPicked),
};

function parseStage(parser: LogqlParser): Stage {
  const word = parser.takes(...Object.keys(STAGES));
  return word === undefined ? parseLabelFilter(parser) : (STAGES[word]?.(parser) ?? pass);
}

function parseExtraction(parser: LogqlParser, find: (line: string) => Record<string, string>): Stage {
  if (parser.next.kind !== 'name') return extract(find);
  const wanted = parser.list(() => {
    const label = parser.take('name');
    return { label, path: parser.takes('=') ? parser.take('string') : label };
  });
  return extract((line) => {
    const found = find(line);
    return Object.fromEntries(wanted.map(({ label, path }) => [label, found[path] ?? '']));
  });
}

function parseLabelFormat(parser: LogqlParser): Stage {
  const formats = parser.list(() => {
    const label = parser.take('name');
    parser.expect('=');
    if (parser.next.kind === 'string') return { label, template: parser.take('string') };
    return { label, from: parser.take('name') };
  });
  return (entry) => {
    const labels: Record<string, string> = { ...entry.labels };
    for (const { label, template, from } of formats) {
      if (template !== undefined) labels[label] = fill(template, { ...entry, labels });
      else if (from !== undefined && Object.hasOwn(labels, from)) {
        labels[label] = labels[from] ?? '';
        delete labels[from];
      }
    }
    return { ...entry, labels };
  };
}

function parsePicked(parser: LogqlParser, isKept: (isPicked: boolean) => boolean): Stage {
  const picked = parser.list(() => {
    const label = parser.take('name');
    const op = parser.takes('=', '!=', '=~', '!~');
    return op === undefined ? { label } : { label, op, value: parser.take('string') };
  });
  return (entry: Entry) => ({
    ...entry,
    labels: Object.fromEntries(
      Object.entries(entry.labels).filter(([name, value]) =>
        isKept(
          picked.some(
            (one) =>
              one.label === name &&
              (one.op === undefined || matches({ [name]: value }, { ...one, op: one.op, value: one.value })),
          ),
        ),
      ),
    ),
  });
}

/** `a = "b" and (c > 5 or d < 1KB)`; `or` binds weaker than `and` and the comma. */
function parseLabelFilter(parser: LogqlParser): Stage {
  const parts = [parseConjunction(parser)];
  while (parser.takes('or')) parts.push(parseConjunction(parser));
  return (entry) => (parts.some((part) => part(entry)) ? entry : undefined);
}

function parseConjunction(parser: LogqlParser): Stage {
  const parts = [parseComparison(parser)];
  while (parser.takes('and', ',')) parts.push(parseComparison(parser));
  return (entry) => (parts.every((part) => part(entry)) ? entry : undefined);
}

function parseComparison(parser: LogqlParser): Stage {
  if (parser.takes('(')) {
    const inner = parseLabelFilter(parser);
    parser.expect(')');
    return inner;
  }
  const label = parser.take('name');
  const op = parser.expect('=', '==', '!=', '=~', '!~', '>', '>=', '<', '<=');
  if (parser.next.kind === 'string') {
    const matcher = { label, op, value: parser.take('string') };
    return (entry) => (matches(entry.labels, matcher) ? entry : undefined);
  }
  if (parser.takes('ip')) {
    parser.expect('(');
    parser.take('string');
    parser.expect(')');
    return pass;
  }
  const { value, read } = parser.measure();
  return compare(label, op, value, read);
}
