import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { z } from 'zod';
import type { Silence } from '../../../src/services/alertmanager/api.ts';
import { ToolError } from '../../../src/toolset/errors.ts';
import { tapWire, type Wiretap } from '../../harness/wiretap.ts';
import { openAm, requestsIn } from './fixture.ts';
import { type AmServer, program, startAlertmanager } from './server.ts';

/** Where attacks are tried: on the real server, through a tap. */
export interface Attack {
  readonly available: boolean;
  am(): ReturnType<typeof openAm>;
  server(): AmServer;
  /** Every request that left, in order. */
  sent(): ReturnType<typeof requestsIn>;
  /** The requests that left and are not reads. */
  writes(): ReturnType<typeof requestsIn>;
  /** Expects a refusal before one byte left, after which no silence exists that did not before. */
  refused(attempt: () => Promise<unknown>): Promise<void>;
  /** Expects a refusal, whatever was read for it: nothing but reads left, and the silences are as they were. */
  unwritten(attempt: () => Promise<unknown>): Promise<void>;
}

const REFUSALS = ['query_refused', 'invalid_arguments', 'target_required', 'not_found'];

/** Sets up the attacks of one file. `available` is false where no Alertmanager can be had. */
export function openAttack(): Attack {
  let server: AmServer;
  let tap: Wiretap;
  let am: ReturnType<typeof openAm>;
  beforeAll(async () => {
    if (!program) return;
    server = await startAlertmanager();
    tap = await tapWire(server.port);
    am = openAm({ url: `http://127.0.0.1:${tap.port}` });
  });
  beforeEach(() => tap?.forget());
  afterEach(() => server?.expireAll());
  afterAll(async () => {
    await tap?.close();
    await server?.stop();
  });
  const sent = () => requestsIn(tap.sent());
  const writes = () => sent().filter(({ method }) => method !== 'GET');

  async function unwritten(attempt: () => Promise<unknown>) {
    const before: Silence[] = await server.silences();
    tap.forget();
    const error = await attempt().catch((thrown: unknown) => thrown);
    const isRefusal =
      error instanceof ToolError ? REFUSALS.includes(error.code) : error instanceof z.ZodError;
    expect(isRefusal, `the attempt gave ${JSON.stringify(error) ?? error}`).toBe(true);
    expect(writes()).toEqual([]);
    expect(await server.silences()).toEqual(before);
  }

  return {
    available: program !== undefined,
    am: () => am,
    server: () => server,
    sent,
    writes,
    unwritten,
    async refused(attempt) {
      await unwritten(attempt);
      expect(sent()).toEqual([]);
    },
  };
}

/** A silence that would be granted; an attack changes one thing in it. */
export const HONEST = {
  matchers: [{ label: 'alertname', value: 'Full' }],
  duration_minutes: 10,
  reason: 'drill',
};
