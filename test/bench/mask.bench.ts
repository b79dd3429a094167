import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { createMask } from '../../src/secrets/mask.ts';
import { Secret } from '../../src/secrets/secret.ts';
import type { JsonValue } from '../../src/toolset/define.ts';

/** How fast the mask reads one kind of result, in megabytes of its JSON a second (median of the runs). */
export interface MaskSpeed {
  readonly result: string;
  readonly megabytes: number;
  readonly megabytesPerSecond: number;
}

/** Measures the mask with many credentials known, on results of about one megabyte in which none shows. */
export function benchMask(secrets = 200, runs = 15): MaskSpeed[] {
  const mask = createMask(randomBytes(32));
  for (let n = 0; n < secrets; n++) {
    // One with a space in it, since that adds the form view to every text with a plus.
    const value = `${randomBytes(18).toString('base64')}${n === 0 ? ' x' : ''}`;
    mask.register(new Secret('password', value), `component-${n}`);
  }
  const rows = Array.from({ length: 9_000 }, (_, id) => ({
    id,
    name: `customer ${id}`,
    created: new Date(1.7e12 + id * 60_000).toISOString(),
    note: 'paid by card, 20% off + gift/wrap',
  }));
  const text = JSON.stringify(rows);
  const quoted = JSON.stringify(text);
  const base64 = randomBytes(750_000).toString('base64');
  const encoded = encodeURIComponent(text);
  const speed = (result: string, length: number, run: () => unknown): MaskSpeed => ({
    result,
    megabytes: length / 1e6,
    megabytesPerSecond: length / 1e3 / median(runs, run),
  });
  const json: JsonValue = rows;
  return [
    speed('rows, as JSON values', text.length, () => mask.json(json)),
    speed('rows, as text', text.length, () => mask.text(text)),
    speed('rows, as JSON in a JSON string', quoted.length, () => mask.text(quoted)),
    speed('rows, percent-encoded', encoded.length, () => mask.text(encoded)),
    speed('base64', base64.length, () => mask.text(base64)),
  ];
}

/** Milliseconds. */
function median(runs: number, run: () => unknown): number {
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
}

if (import.meta.filename === process.argv[1]) {
  for (const { result, megabytes, megabytesPerSecond } of benchMask()) {
    console.log(`${result}: ${megabytesPerSecond.toFixed(1)} MB/s (${megabytes.toFixed(2)} MB)`);
  }
}
