import { afterAll, beforeAll, beforeEach, expect, inject } from 'vitest';
import { z } from 'zod';
import { ToolError } from '../../../src/toolset/errors.ts';
import { tapWire, type Wiretap } from '../../harness/wiretap.ts';
import { unconfined } from './confinement.ts';
import { type CallOptions, isProbe, OF_FINANCE, openProm, type TestProm } from './fixture.ts';

/** Where attacks are tried: on the real server, through a tap, under the scope `shop`. */
export interface Attack {
  /** Expects the schema or the guard to refuse the call before one byte left. */
  refused(tool: string, args: object, options?: CallOptions): Promise<void>;
  /** Expects that nothing of finance came back. */
  hidden(tool: string, args: object, options?: CallOptions): Promise<Record<string, unknown>>;
  /** Expects the same, and that each selector that was sent is confined. */
  confined(tool: string, args: object, options?: CallOptions): Promise<Record<string, unknown>>;
  /** What the last attack sent, as text. */
  sent(): string;
}

const REFUSALS = ['query_refused', 'invalid_arguments', 'target_required'];

/** Sets up the attacks of one file. `available` is false where no Prometheus can be had. */
export function openAttack(): Attack & { readonly available: boolean } {
  const backend = inject('prometheus');
  let prom: TestProm;
  let tap: Wiretap;
  beforeAll(async () => {
    if (!backend) return;
    tap = await tapWire(backend.port);
    prom = await openProm({ url: `http://127.0.0.1:${tap.port}` });
  });
  beforeEach(() => tap?.forget());
  afterAll(() => tap?.close());
  const sent = () => tap.sent().toString();

  async function refused(tool: string, args: object, options?: CallOptions) {
    tap.forget();
    const error = await prom.call(tool, args, 'shop', options).catch((thrown: unknown) => thrown);
    const isRefusal =
      error instanceof ToolError ? REFUSALS.includes(error.code) : error instanceof z.ZodError;
    expect(isRefusal, `${JSON.stringify(args)} gave ${error}`).toBe(true);
    expect(sent(), JSON.stringify(args)).toBe('');
  }

  async function hidden(tool: string, args: object, options?: CallOptions) {
    tap.forget();
    const answer = await prom.call(tool, args, 'shop', options).catch((error: unknown) => {
      // The server may refuse a form that it does not know yet; what was sent counts all the same.
      expect(error).toMatchObject({ code: 'query_failed' });
      return {};
    });
    expect(sent()).not.toBe('');
    // `query` holds the caller's own words.
    expect(JSON.stringify({ ...answer, query: '' })).not.toMatch(OF_FINANCE);
    return answer;
  }

  async function confined(tool: string, args: object, options?: CallOptions) {
    const answer = await hidden(tool, args, options);
    const selectors = selectorsIn(sent()).filter((one) => !isProbe(one));
    expect(selectors.length, 'something was sent').toBeGreaterThan(0);
    const loose = selectors.flatMap((one) => unconfined(one));
    expect(loose, JSON.stringify(args)).toEqual([]);
    return answer;
  }

  return { available: backend !== undefined, sent, refused, hidden, confined };
}

/** The PromQL in raw HTTP requests: every `query` and `match[]`. */
const selectorsIn = (bytes: string): string[] =>
  [...bytes.matchAll(/(?:query|match(?:%5B%5D|_target))=([^&\s]*)/g)].map(([, value = '']) =>
    decodeURIComponent(value.replaceAll('+', ' ')),
  );
