import { matchAt } from '../detector.ts';
import type { FieldMeaning } from './field-names.ts';
import type { FieldValue } from './field-value.ts';

/** One way in which a text joins a field's name to its value. */
export interface Link {
  /** Sticky; matched at the end of the name, up to where the value begins. */
  readonly pattern: RegExp;
  /** Whether what stands before the name, and what it means, allow this way. */
  fits(text: string, start: number, meaning: FieldMeaning): boolean;
  /** A sentence may go on behind such a link with any word. */
  readonly isSentence?: boolean;
  /** Takes the value where it is neither quoted nor ended by a space; undefined leaves it to the usual reading. */
  value?(text: string, at: number, start: number, meaning: FieldMeaning): FieldValue | undefined;
  /** What the value must look like besides. */
  isTelling?(value: string, isQuoted: boolean): boolean;
}

const always = () => true;
const isPassword = (_text: string, _start: number, { kind }: FieldMeaning) => kind === 'password';
const isQuotedName = (text: string, start: number) => /["']/.test(text.charAt(start - 1));
const LONGEST = 65_536;

/** The text up to `stop`, or to the end of the line. */
function upTo(stop: RegExp): NonNullable<Link['value']> {
  return (text, at) => {
    const found = text.slice(at, at + LONGEST).search(stop);
    const to = found < 0 ? Math.min(text.length, at + LONGEST) : at + found;
    return to > at ? { from: at, to, isQuoted: true } : undefined;
  };
}

/** `password: |` and the deeper lines below it. */
function block(text: string, at: number, start: number): FieldValue | undefined {
  const head = matchAt(/[|>][+-]?\d?[+-]?[ \t]{0,8}\r?\n/y, text, at);
  if (!head) return undefined;
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const indent = matchAt(/[ \t]{0,64}(?:- )?/y, text, lineStart)?.[0].length ?? 0;
  const from = at + head[0].length;
  let to = from;
  while (to < text.length && to - from < LONGEST) {
    const line = matchAt(/([ \t]*)([^\r\n]*)\r?\n?/y, text, to);
    if (!line || (line[2] !== '' && (line[1] ?? '').length <= indent) || line[0] === '') break;
    to += line[0].length;
  }
  const end = to > from && text.charAt(to - 1) === '\n' ? to - 1 : to;
  const first = from + (matchAt(/[ \t]*/y, text, from)?.[0].length ?? 0);
  return end > first ? { from: first, to: end, isQuoted: true } : undefined;
}

/** A password at the head of a line of a settings file may have spaces; another field behind it has its own name. */
function restOfLine(text: string, at: number, start: number, meaning: FieldMeaning): FieldValue | undefined {
  if (
    meaning.hides !== 'any' ||
    !/(?:^|\n)[ \t]{0,32}(?:- |export )?$/.test(text.slice(Math.max(0, start - 48), start))
  )
    return undefined;
  const line = matchAt(/[^\s"'`{[<$][^\r\n"'`]{0,200}/y, text, at)?.[0]
    .replace(/ #.*$/, '')
    .trimEnd();
  if (
    !line?.includes(' ') ||
    line.includes('\\n') ||
    !/^[ \t]*(?:#|\r?\n|$)/.test(text.slice(at + line.length, at + line.length + 16))
  )
    return undefined;
  if (/[ ,;&][\w.-]{1,40}[=:]/.test(line) || line.split(/\s+/).length > 6) return undefined;
  return { from: at, to: at + line.length, isQuoted: false };
}

function assigned(text: string, at: number, start: number, meaning: FieldMeaning): FieldValue | undefined {
  const first = text.charAt(at);
  if (first === '|' || first === '>') return block(text, at, start);
  // ODBC writes braces around a value that holds a semicolon.
  const odbc = first === '{' ? matchAt(/\{([^{}\r\n]{1,256})\}(?=[;"'\s]|$)/y, text, at) : null;
  if (odbc && text.charAt(at - 1) === '=' && !/^[\w.-]+(?:#\d+)?$|^\*+$/.test(odbc[1] ?? ''))
    return { from: at + 1, to: at + odbc[0].length - 1, isQuoted: true };
  if (/[{[(]/.test(first) && !/^\{[\w.-]+(?:#\d+)?\}/.test(text.slice(at, at + 72)))
    return { from: at, to: at, isQuoted: false };
  return restOfLine(text, at, start, meaning);
}

/** Every way, the surest first. */
export const LINKS: readonly Link[] = [
  {
    // name = value, "name": value, name := value, :name => value, ['name'] = value, name: string = value
    pattern:
      /(?:\\{0,3}["'`]{1,2})?\]?[ \t]{0,16}(?::=|=>|={1,3}|:(?!:))(?:[ \t]{0,4}(?:string|String|str|&str|Optional\[str\])\??[ \t]{0,4}=)?[ \t]{0,32}(?:\r?\n[ \t]{0,64}(?=["']))?/y,
    fits: always,
    value: assigned,
  },
  {
    // <name attribute="">value</name>
    pattern: /(?:\s[^<>]{0,160})?>/y,
    fits: (text, start) => /[<:]/.test(text.charAt(start - 1)),
    value: upTo(/[<\r\n]/),
  },
  {
    // {"name": "DB_PASSWORD", "value": "..."}, and the same in YAML and XML
    pattern:
      /\\?["']?[ \t]{0,8}[,;]?\s{0,40}\\?["']?(?:value|val|string_?value|default|defaultValue|content)\\?["']?[ \t]{0,4}[:=][ \t]{0,8}/iy,
    fits: (text, start) => /["' :=]/.test(text.charAt(start - 1)),
  },
  {
    // --name value, and the same as a list of arguments
    pattern: /[ \t]{1,4}(?=[^-\s|>&])|["'],\s{0,8}(?=["'])/y,
    fits: (text, start) => text.charAt(start) === '-',
  },
  {
    // PASSWORD 'value', as in SQL
    pattern: /[ \t]{1,4}(?=['"])/y,
    fits: isPassword,
  },
  {
    // define('NAME', 'value')
    pattern: /["'],\s{0,8}(?=["'])/y,
    fits: (text, start) => /\([ \t]{0,4}["']$/.test(text.slice(Math.max(0, start - 6), start)),
  },
  {
    // setName("value")
    pattern: /\([ \t]{0,4}(?=["'])/y,
    fits: (_text, _start, { hides }) => hides !== 'random',
  },
  {
    // multipart/form-data: name="name", an empty line, the value
    pattern: /["']\r?\n(?:[\w-]{1,40}:[^\r\n]{0,120}\r?\n){0,3}\r?\n/y,
    fits: isQuotedName,
    value: upTo(/\r?\n/),
  },
  {
    // <entry key="name">value</entry>
    pattern: /["'][^<>\n]{0,120}>(?=[^<\s])/y,
    fits: isQuotedName,
    value: upTo(/[<\r\n]/),
  },
  {
    // the password is value
    pattern: /[ \t]{1,3}(?:is now|is|was|set to|reset to|changed to)[ \t:]{1,3}/y,
    fits: (_text, _start, { hides }) => hides === 'any' || hides === 'token' || hides === 'digits',
    isSentence: true,
    isTelling: (value, isQuoted) => (isQuoted && !/\s/.test(value)) || /\d|[^\p{L}\s.,'!?-]/u.test(value),
  },
  {
    // login name password value, as in .netrc
    pattern: /[ \t]{1,4}(?=[^\s"'])/y,
    fits: (text, start, { kind }) =>
      kind === 'password' &&
      /(?:login|user) \S{1,64}\s{1,8}$/.test(text.slice(Math.max(0, start - 80), start)),
  },
];
