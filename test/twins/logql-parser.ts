import { bytesOf, LogqlError, lex, parseError, secondsOf, type Token } from './logql-lexer.ts';
import { parseStages } from './logql-pipeline.ts';
import { compiled, type Matcher, type Stage } from './logql-stages.ts';

/** Lines of streams, through the stages of a pipeline. */
export interface Logs {
  readonly kind: 'logs';
  readonly selector: readonly Matcher[];
  readonly stages: readonly Stage[];
  readonly unwrap?: { readonly label: string; readonly conversion: string };
}
export interface Grouping {
  readonly without: boolean;
  readonly labels: readonly string[];
}
export type Expression =
  | Logs
  | {
      kind: 'range';
      op: string;
      parameter?: number;
      logs: Logs;
      seconds: number;
      offset: number;
      grouping?: Grouping;
    }
  | { kind: 'aggregate'; op: string; parameter?: number; grouping?: Grouping; inner: Expression }
  | { kind: 'binary'; op: string; bool: boolean; matching?: Grouping; left: Expression; right: Expression }
  | {
      kind: 'replace';
      inner: Expression;
      target: string;
      replacement: string;
      source: string;
      pattern: string;
    }
  | { kind: 'number' | 'vector'; value: number };

/** A query as the twin understood it. */
export interface Understood {
  readonly expression: Expression;
  /** Every stream selector in it, in order. */
  readonly selectors: readonly (readonly Matcher[])[];
}

const RANGE = new Set(
  'count_over_time rate rate_counter bytes_over_time bytes_rate avg_over_time sum_over_time min_over_time max_over_time stddev_over_time stdvar_over_time quantile_over_time first_over_time last_over_time absent_over_time'.split(
    ' ',
  ),
);
const VECTOR = new Set('sum avg count max min stddev stdvar bottomk topk sort sort_desc'.split(' '));
const LEVELS = [
  ['or'],
  ['and', 'unless'],
  ['==', '!=', '>', '>=', '<', '<='],
  ['+', '-'],
  ['*', '/', '%'],
  ['^'],
];
/** @see https://grafana.com/docs/loki/latest/query/ */
const ALL_STREAMS =
  'queries require at least one regexp or equality matcher that does not have an empty-compatible value. For instance, app=~".*" does not meet this requirement, but app=~".+" will';

/** Reads LogQL by a grammar of its own, so that it shares no mistake with the guard. Throws LogqlError. */
export class LogqlParser {
  readonly text: string;
  readonly selectors: (readonly Matcher[])[] = [];
  private readonly tokens: readonly Token[];
  private at = 0;

  constructor(text: string) {
    this.text = text;
    this.tokens = lex(text);
  }

  parse(): Understood {
    const expression = this.expression(0);
    if (this.next.kind !== 'end') throw this.unexpected();
    return { expression, selectors: this.selectors };
  }

  get next(): Token {
    const token = this.tokens[this.at];
    if (!token) throw this.unexpected();
    return token;
  }

  unexpected(): LogqlError {
    const token = this.tokens[this.at] ?? { text: '$end', at: this.text.length };
    return parseError(this.text, token.at, `syntax error: unexpected ${token.text}`);
  }

  /** Whether one of these words or signs is next. */
  sees(...words: string[]): boolean {
    const { kind, text } = this.next;
    return (kind === 'name' || kind === 'sign') && words.includes(text.toLowerCase());
  }
  /** Takes one of these, if it is next. */
  takes(...words: string[]): string | undefined {
    if (!this.sees(...words)) return undefined;
    this.at += 1;
    return this.tokens[this.at - 1]?.text.toLowerCase();
  }
  expect(...words: string[]): string {
    const word = this.takes(...words);
    if (word === undefined) throw this.unexpected();
    return word;
  }
  take(kind: Token['kind']): string {
    const { text } = this.next;
    if (this.next.kind !== kind) throw this.unexpected();
    this.at += 1;
    return text;
  }
  /** A list in which commas stand between the items. */
  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.takes(',')) items.push(item());
    return items;
  }

  private expression(level: number): Expression {
    const operators = LEVELS[level];
    if (!operators) return this.operand();
    let left = this.expression(level + 1);
    for (let op = this.takes(...operators); op !== undefined; op = this.takes(...operators)) {
      const bool = this.takes('bool') !== undefined;
      const matching = this.matching();
      const right = this.expression(op === '^' ? level : level + 1);
      if (left.kind === 'logs' || right.kind === 'logs') {
        throw new LogqlError('parse error : unexpected type for left leg of binary operation (logs)');
      }
      left = { kind: 'binary', op, bool, ...(matching ? { matching } : {}), left, right };
    }
    return left;
  }

  private matching(): Grouping | undefined {
    const word = this.takes('on', 'ignoring');
    if (word === undefined) return undefined;
    const labels = this.names();
    if (this.takes('group_left', 'group_right') && this.sees('(')) this.names();
    return { without: word === 'ignoring', labels };
  }

  private names(): string[] {
    this.expect('(');
    const labels = this.sees(')') ? [] : this.list(() => this.take('name'));
    this.expect(')');
    return labels;
  }

  private operand(): Expression {
    const sign = this.takes('+', '-');
    if (sign !== undefined || this.next.kind === 'number') {
      return { kind: 'number', value: Number(this.take('number')) * (sign === '-' ? -1 : 1) };
    }
    if (this.sees('{')) return this.logs();
    if (this.takes('(')) {
      const inner = this.expression(0);
      this.expect(')');
      return inner;
    }
    const name = this.take('name').toLowerCase();
    if (name === 'vector')
      return { kind: 'vector', value: this.inParentheses(() => Number(this.take('number'))) };
    if (name === 'label_replace') return this.inParentheses(() => this.replacement());
    if (RANGE.has(name)) return this.rangeFunction(name);
    if (VECTOR.has(name)) return this.aggregation(name);
    this.at -= 1;
    throw this.unexpected();
  }

  private inParentheses<T>(read: () => T): T {
    this.expect('(');
    const value = read();
    this.expect(')');
    return value;
  }

  private replacement(): Expression {
    const inner = this.expression(0);
    const [target = '', replacement = '', source = '', pattern = ''] = [1, 2, 3, 4].map(() => {
      this.expect(',');
      return this.take('string');
    });
    return { kind: 'replace', inner, target, replacement, source, pattern };
  }

  private rangeFunction(op: string): Expression {
    const inner = this.inParentheses(() => {
      const parameter = this.parameter();
      return { ...parameter, ...this.logRange() };
    });
    return { kind: 'range', op, ...inner, ...this.grouping() };
  }

  private aggregation(op: string): Expression {
    const before = this.grouping();
    const inner = this.inParentheses(() => ({ ...this.parameter(), inner: this.expression(0) }));
    return { kind: 'aggregate', op, ...before, ...inner, ...(before.grouping ? {} : this.grouping()) };
  }

  private parameter(): { parameter?: number } {
    if (this.next.kind !== 'number' || this.tokens[this.at + 1]?.text !== ',') return {};
    const parameter = Number(this.take('number'));
    this.expect(',');
    return { parameter };
  }

  private grouping(): { grouping?: Grouping } {
    const word = this.takes('by', 'without');
    return word === undefined ? {} : { grouping: { without: word === 'without', labels: this.names() } };
  }

  /** Lines with a window, which may stand before or behind the stages. */
  private logRange(): { logs: Logs; seconds: number; offset: number } {
    const isInParentheses = this.takes('(') !== undefined;
    const selector = this.selector();
    const before = this.window();
    const { stages, unwrap } = parseStages(this);
    if (isInParentheses) this.expect(')');
    const window = before ?? this.window();
    if (!window) throw this.unexpected();
    return { logs: { kind: 'logs', selector, stages, ...(unwrap ? { unwrap } : {}) }, ...window };
  }

  private window(): { seconds: number; offset: number } | undefined {
    if (this.next.kind !== 'range') return undefined;
    const text = this.take('range');
    const seconds = secondsOf(text);
    if (!/^(?:\d+(?:ms|[smhdwy]))+$/.test(text)) {
      throw parseError(this.text, this.next.at, `not a valid duration string: "${text}"`);
    }
    if (!this.takes('offset')) return { seconds, offset: 0 };
    const sign = this.takes('-') ? -1 : 1;
    return { seconds, offset: sign * secondsOf(this.take('duration')) };
  }

  private logs(): Logs {
    const selector = this.selector();
    const { stages, unwrap } = parseStages(this);
    if (unwrap) throw this.unexpected();
    return { kind: 'logs', selector, stages };
  }

  private selector(): readonly Matcher[] {
    this.expect('{');
    const selector = this.sees('}') ? [] : this.list(() => this.matcher());
    this.expect('}');
    const isNarrow = ({ op, value }: Matcher) =>
      op === '=' ? value !== '' : op === '=~' && !new RegExp(`^(?:${value})$`).test('');
    if (!selector.some(isNarrow)) throw new LogqlError(`parse error : ${ALL_STREAMS}`);
    this.selectors.push(selector);
    return selector;
  }

  matcher(): Matcher {
    const label = this.take('name');
    const matcher = { label, op: this.expect('=', '!=', '=~', '!~'), value: this.take('string') };
    if (matcher.op.endsWith('~')) compiled(matcher.value);
    return matcher;
  }

  /** A duration or size that a label is compared with, in seconds or bytes. */
  measure(): { value: number; read: (text: string) => number } {
    const sign = this.takes('-') ? -1 : 1;
    if (this.next.kind === 'duration')
      return { value: sign * secondsOf(this.take('duration')), read: secondsOf };
    if (this.next.kind === 'bytes') return { value: bytesOf(this.take('bytes')), read: bytesOf };
    return { value: sign * Number(this.take('number')), read: Number };
  }
}
