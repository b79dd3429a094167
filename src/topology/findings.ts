import { LineCounter } from 'yaml';
import type { Position } from './graph.ts';
import type { Excerpt, Problem } from './problem.ts';
import type { Span } from './tree.ts';
import { type Advice, advise, printable } from './words.ts';

const MAX_PROBLEMS = 1_000;
/** Comparing a wrong word with every name costs; past this many problems nobody reads suggestions. */
const MAX_SUGGESTIONS = 100;
const EXCERPT_WIDTH = 120;
const NAMED_LIKE_SECRET =
  /((?:pass|pwd|secret|token|key|cred|auth)[\w-]*["']?\s*:\s*)(?![{[|>\s])("(?:[^"\\]|\\.)*"?|'[^']*'?|[^,}\]\s]+)/gi;

type Finding = Span & {
  message: string;
  accepted?: readonly string[];
  severity: Problem['severity'];
  isConcealed?: boolean;
};

/** Collects what is wrong with one text, so that all of it is told at once. */
export class Findings {
  readonly #file: string;
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #found: Finding[] = [];
  readonly #hidden: Span[] = [];
  #errors = 0;
  #dropped = 0;
  #suggestions = 0;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
    this.#lines.addNewLine(0);
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1))
      this.#lines.addNewLine(at + 1);
  }

  get hasErrors(): boolean {
    return this.#errors > 0;
  }

  /** Reports an error at a place; `advice` ends the message. */
  error(at: Span, message: string, advice?: Advice): void {
    this.#errors++;
    if (this.#found.length >= MAX_PROBLEMS) this.#dropped++;
    else
      this.#found.push({
        start: at.start,
        end: at.end,
        message: message + (advice?.text ?? ''),
        severity: 'error',
        ...(advice && { accepted: advice.accepted }),
      });
  }

  /** Reports that the text is no YAML. Its line is not shown: nothing tells a credential on it from other words. */
  syntaxError(at: Span, message: string): void {
    this.error(at, message);
    const last = this.#found.at(-1);
    if (last) last.isConcealed = true;
  }

  warn(at: Span, message: string): void {
    if (this.#found.length < MAX_PROBLEMS)
      this.#found.push({ start: at.start, end: at.end, message, severity: 'warning' });
  }

  /** Keeps a range, such as a literal credential, out of every excerpt. */
  hide(span: Span): void {
    this.#hidden.push(span);
  }

  /** What to write instead of an unknown word. */
  advise(word: string, names: Iterable<string>): Advice {
    if (this.#suggestions++ < MAX_SUGGESTIONS) return advise(word, names);
    return { text: '', accepted: [] };
  }

  position(offset: number): Position {
    const { line, col } = this.#lines.linePos(Math.min(offset, this.#text.length));
    return { file: this.#file, line, column: col };
  }

  /** Everything found, in the order of the file. */
  problems(): Problem[] {
    const sorted = [...this.#found].sort((a, b) => a.start - b.start);
    const problems = sorted.map(
      ({ start, end, isConcealed, ...finding }): Problem => ({
        ...this.position(start),
        ...finding,
        ...(!isConcealed && { excerpt: this.#excerpt(start, end) }),
      }),
    );
    if (this.#dropped > 0)
      problems.push({
        ...this.position(this.#text.length),
        severity: 'error',
        message: `${this.#dropped} more errors are not listed`,
      });
    return problems;
  }

  #excerpt(start: number, end: number): Excerpt {
    const { line } = this.position(start);
    const lineStart = this.#lines.lineStarts[line - 1] ?? 0;
    const lineEnd = (this.#lines.lineStarts[line] ?? this.#text.length + 1) - 1;
    // Wider than what is shown, so that a value is recognised by a name that the excerpt cuts off.
    const wide = Math.max(lineStart, start - 1_000);
    let text = this.#text.slice(wide, Math.min(Math.max(lineEnd, wide), start + 1_000)).replace(/\r$/, '');
    for (const span of this.#hidden) text = blot(text, span.start - wide, span.end - wide);
    // The line may hold a literal credential that no check has reached.
    text = text.replace(
      NAMED_LIKE_SECRET,
      (_all, key: string, value: string) => key + '*'.repeat(value.length),
    );
    const from = Math.max(lineStart, start - EXCERPT_WIDTH / 2);
    text = text.slice(from - wide, from - wide + EXCERPT_WIDTH);
    const caret = start - from;
    return {
      text: printable(text),
      caret,
      width: Math.max(1, Math.min(end, lineEnd, from + EXCERPT_WIDTH) - start),
    };
  }
}

function blot(text: string, start: number, end: number): string {
  const from = Math.max(0, start);
  const to = Math.min(text.length, end);
  return from >= to ? text : text.slice(0, from) + '*'.repeat(to - from) + text.slice(to);
}
