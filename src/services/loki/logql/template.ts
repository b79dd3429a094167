/** Go template functions that take text to pieces, count, compare or write a moment, and cannot grow a line. */
const FUNCTIONS: ReadonlySet<string> = new Set([
  ...['__line__', '__timestamp__', 'now', 'date', 'toDate', 'toDateInZone', 'unixEpoch', 'unixEpochMillis'],
  ...['unixEpochNanos', 'unixToTime', 'bytes', 'duration', 'duration_seconds', 'count', 'default'],
  ...['ToLower', 'ToUpper', 'lower', 'upper', 'title', 'Trim', 'TrimLeft', 'TrimRight', 'TrimPrefix'],
  ...['TrimSuffix', 'TrimSpace', 'trim', 'trimAll', 'trimPrefix', 'trimSuffix', 'trunc', 'substr'],
  ...['contains', 'hasPrefix', 'hasSuffix', 'eq', 'ne', 'lt', 'le', 'gt', 'ge', 'and', 'or', 'not', 'len'],
  ...['int', 'float64', 'add', 'sub', 'mul', 'div', 'mod', 'addf', 'subf', 'mulf', 'divf'],
  ...['max', 'min', 'maxf', 'minf', 'ceil', 'floor', 'round'],
]);
const KEYWORDS: ReadonlySet<string> = new Set(['if', 'else', 'end', 'true', 'false']);

const TOKEN =
  /[ \t\r\n]+|(-?\}\})|"(?:[^"\\\n]|\\.)*"|`[^`]*`|-?\d+(?:\.\d+)?|(\.[A-Za-z_]\w*)|([A-Za-z_]\w*)|[|()]/uy;

/** What is wrong with a template, or how many label values and lines it puts into its result. */
export type TemplateVerdict =
  | { readonly refusal: string }
  | { readonly refusal?: undefined; readonly pieces: number };

/**
 * Judges a template of `line_format` or `label_format`.
 *
 * Loops, variables and named templates are refused, since they run without end; so are functions that repeat,
 * pad or replace (`repeat`, `printf`, `indent`, `replace`), with which a short query makes Loki build a line of
 * gigabytes, and those that encode (`b64enc`, `urlencode`), which would carry a secret past the redaction.
 * @see https://grafana.com/docs/loki/latest/query/template_functions/
 */
export function judgeTemplate(template: string): TemplateVerdict {
  let pieces = 0;
  for (let at = template.indexOf('{{'); at !== -1; at = template.indexOf('{{', TOKEN.lastIndex)) {
    TOKEN.lastIndex = at + (/^\{\{-[ \t\r\n]/.test(template.slice(at, at + 4)) ? 3 : 2);
    const action = judgeAction(template);
    if (action.refusal !== undefined) return action;
    pieces += action.pieces;
  }
  return { pieces };
}

/** Judges one action from where {@link TOKEN} stands, and leaves it behind the closing braces. */
function judgeAction(template: string): TemplateVerdict {
  let pieces = 0;
  for (;;) {
    const from = TOKEN.lastIndex;
    const token = TOKEN.exec(template);
    if (!token)
      return { refusal: `not accepted in a template: ${JSON.stringify(template.slice(from, from + 20))}` };
    const [, close, field, word] = token;
    if (close) return { pieces };
    if (field || word === '__line__') pieces += 1;
    if (word && !FUNCTIONS.has(word) && !KEYWORDS.has(word)) {
      return { refusal: `${word} is not accepted in a template` };
    }
  }
}
