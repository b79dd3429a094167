import type { Position } from './graph.ts';

/** One thing that is wrong in a topology file, where it is, and what would be accepted instead. */
export interface Problem extends Position {
  readonly severity: 'error' | 'warning';
  /** A sentence for people. Holds no credential and no character that a terminal would act on. */
  readonly message: string;
  /** What the place would take, where that can be listed; at most {@link MAX_ACCEPTED}. */
  readonly accepted?: readonly string[];
  readonly excerpt?: Excerpt;
}

/** The source around a problem: literal credentials and unprintable characters already replaced. */
export interface Excerpt {
  readonly text: string;
  /** Where the offending words start in `text`, from 0. */
  readonly caret: number;
  readonly width: number;
}

export const MAX_ACCEPTED = 50;

/** `file:line:column: message`, then the line with the offending words underlined. Plain text, several lines. */
export function renderProblem(problem: Problem): string {
  const { file, line, column, message, excerpt } = problem;
  const kind = problem.severity === 'warning' ? 'warning: ' : '';
  const head = `${file}:${line}:${column}: ${kind}${message}`;
  if (!excerpt) return head;
  const gutter = `${line} | `;
  const marks = ' '.repeat(gutter.length + excerpt.caret) + '^'.repeat(Math.max(1, excerpt.width));
  return `${head}\n${gutter}${excerpt.text}\n${marks}`;
}
