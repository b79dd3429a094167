import { redact } from '../../../src/triage/redact/redact.ts';
import type { Harmless, Sample } from './corpus.ts';

/** Figures of one kind. A label counts as found only when every character of it is hidden. */
export interface Recall {
  readonly kind: string;
  readonly labels: number;
  readonly found: number;
  /** Labels of which some characters were hidden and some were not. */
  readonly partly: number;
  /** Characters outside the label that were hidden too, of all that stand outside. */
  readonly outside: number;
  readonly missed: readonly Sample[];
}

export interface FalseAlterations {
  readonly kind: string;
  readonly texts: number;
  readonly altered: number;
  readonly examples: readonly { readonly text: string; readonly redacted: string }[];
}

function byKind<T extends { readonly kind: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.kind);
    if (group) group.push(row);
    else groups.set(row.kind, [row]);
  }
  return groups;
}

export function measureRecall(samples: readonly Sample[]): Recall[] {
  return [...byKind(samples)].map(([kind, group]) => {
    const rows = group.map((sample) => ({ sample, ...coverage(sample) }));
    const outside = rows.reduce((sum, row) => sum + row.outside, 0);
    const around = rows.reduce((sum, { sample }) => sum + sample.text.length - (sample.to - sample.from), 0);
    return {
      kind,
      labels: group.length,
      found: rows.filter(({ hidden, length }) => hidden === length).length,
      partly: rows.filter(({ hidden, length }) => hidden > 0 && hidden < length).length,
      outside: outside / Math.max(1, around),
      missed: rows.filter(({ hidden, length }) => hidden < length).map(({ sample }) => sample),
    };
  });
}

function coverage({ text, from, to }: Sample): { hidden: number; length: number; outside: number } {
  let hidden = 0;
  let all = 0;
  for (const span of redact(text).report.masked) {
    hidden += Math.max(0, Math.min(to, span.to) - Math.max(from, span.from));
    all += span.to - span.from;
  }
  return { hidden, length: to - from, outside: all - hidden };
}

export function measureFalseAlterations(texts: readonly Harmless[]): FalseAlterations[] {
  return [...byKind(texts)].map(([kind, group]) => {
    const rows = group.map(({ text }) => ({ text, redacted: redact(text).text }));
    const altered = rows.filter(({ text, redacted }) => text !== redacted);
    return { kind, texts: group.length, altered: altered.length, examples: altered.slice(0, 3) };
  });
}

/** Megabytes (10^6 characters) a second of this process's own CPU time, the median of the runs. */
export function measureSpeed(text: string, runs = 5): number {
  const seconds = Array.from({ length: runs }, () => {
    const before = process.cpuUsage();
    redact(text);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  });
  return text.length / 1e6 / (seconds.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN);
}
