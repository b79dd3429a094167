import { Signals } from './contracts.ts';
import { createRedactor } from './redact/redact.ts';
import type { Redactor } from './run/deps.ts';

/** Hides what looks like a secret or a person in everything that was gathered but measured points, which are numbers. */
export const redactor: Redactor = {
  redact(signals) {
    const { metrics, ...words } = signals;
    const names = metrics.map(({ component, metric, stat }) => ({ component, metric, stat }));
    const opened = createRedactor();
    const clean = opened.json(JSON.parse(JSON.stringify({ ...words, metrics: names })));
    const parsed = Words.parse(clean);
    return {
      signals: Signals.parse({
        ...parsed,
        metrics: parsed.metrics.map((one, at) => ({ ...one, points: metrics[at]?.points ?? [] })),
      }),
      masked: opened.report().counts,
    };
  },
};

const Words = Signals.extend({ metrics: Signals.shape.metrics.element.omit({ points: true }).array() });
