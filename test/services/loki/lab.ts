import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { z } from 'zod';
import { Secret } from '../../../src/secrets/secret.ts';
import { connector } from '../../../src/services/loki/connect.ts';
import { loki } from '../../../src/services/loki/service.ts';
import type { LokiTypes } from '../../../src/services/loki/tool.ts';
import type { ReadTool } from '../../../src/toolset/define.ts';
import { ToolError } from '../../../src/toolset/errors.ts';
import type { LabelScope } from '../../../src/toolset/label-scope.ts';
import { type LabCall, openToolLab } from '../../harness/tool-lab.ts';
import { tapWire, type Wiretap } from '../../harness/wiretap.ts';
import type { HeldStream } from '../../twins/logql-evaluator.ts';
import { type LokiTwin, startLokiTwin } from '../../twins/loki.ts';

export const TOKEN = 'twin-token';
export const TENANT = 'everybody';
export const SCOPES: Record<string, LabelScope> = {
  shop: { labels: { namespace: 'shop' } },
  finance: { labels: { namespace: 'finance' } },
};

/** What only finance's streams hold. */
export const OF_FINANCE = /finance|payouts|ledger|iban|5150/i;

const NOW = Math.floor(Date.now() / 1000);
/** A line so many seconds ago. */
const ago = (seconds: number, line: string) => ({ nanoseconds: `${NOW - seconds}123456789`, line });

/** Two namespaces, so that a test can ask whether one scope ever sees the other. */
export const sampleStreams = (): HeldStream[] => [
  {
    labels: { namespace: 'shop', app: 'cart', level: 'info' },
    entries: [
      ago(300, 'level=info msg="cart opened" took=12ms'),
      ago(60, 'level=info msg="cart paid" took=250ms'),
    ],
  },
  {
    labels: { namespace: 'shop', app: 'cart', level: 'error' },
    entries: [ago(120, '{"msg":"card refused","code":402,"namespace":"finance-lookalike"}')],
  },
  { labels: { namespace: 'shop', app: 'web' }, entries: [ago(90, 'GET /cart 200'), ago(30, 'GET /pay 500')] },
  {
    labels: { namespace: 'finance', app: 'payouts', level: 'error' },
    entries: [ago(100, 'ledger: iban 5150 refused'), ago(50, 'ledger: iban 5150 paid')],
  },
  { labels: { namespace: 'shop-finance', app: 'ledger' }, entries: [ago(40, 'ledger opened')] },
  { labels: { app: 'payouts', team: 'finance' }, entries: [ago(20, 'payouts without a namespace')] },
];

export type ScopeName = 'shop' | 'finance' | 'none';

/** Tools on clients of the real connector, on a server at `port`. */
export function openLoki(
  port: number,
  options: { token?: string; tenant?: string; scopes?: Record<string, LabelScope> } = {},
) {
  const connection = {
    url: `http://127.0.0.1:${port}`,
    credentials: { token: new Secret('token', options.token ?? TOKEN) },
    tenant: options.tenant ?? TENANT,
  };
  const lab = (subs: Record<string, LabelScope>) =>
    openToolLab<LokiTypes, Parameters<typeof connector.openReader>[0]['connection']>({
      connector,
      connection,
      subs,
      limits: loki.limits,
      component: 'logs',
    });
  const [scoped, open] = [lab(options.scopes ?? SCOPES), lab({})];
  return {
    /** Runs a tool by its name; `none` is a component that declares no scopes. */
    read(name: string, scope: ScopeName, args: object, call?: LabCall): Promise<Record<string, unknown>> {
      const tool = loki.tools.find((one) => one.name === name) as
        | ReadTool<LokiTypes, z.ZodObject, z.ZodObject>
        | undefined;
      if (!tool) throw new Error(`no tool ${name}`);
      const given = { ...args };
      return scope === 'none'
        ? open.read(tool, undefined, given, call)
        : scoped.read(tool, scope, given, call);
    },
  };
}

export type TestLoki = ReturnType<typeof openLoki>;

/** A twin with the sample streams behind a wiretap, for the tests of one file. It fails a test in which it was misused. */
export function openTwin() {
  let twin: LokiTwin;
  let tap: Wiretap;
  let client: TestLoki;
  beforeAll(async () => {
    twin = await startLokiTwin({
      streams: sampleStreams(),
      authorization: `Bearer ${TOKEN}`,
      tenant: TENANT,
    });
    tap = await tapWire(twin.port);
    client = openLoki(tap.port);
  });
  beforeEach(() => {
    twin.forget();
    tap.forget();
    Object.assign(twin.behaviour, { ignoresSelectors: false, hasPatterns: true, instead: undefined });
  });
  afterAll(async () => {
    await tap.close();
    await twin.close();
    expect(twin.violations).toEqual([]);
  });
  return {
    twin: () => twin,
    port: () => tap.port,
    read: (...args: Parameters<TestLoki['read']>) => client.read(...args),
    /** Every byte that left, as text. */
    sent: () => tap.sent().toString(),
    forget() {
      twin.forget();
      tap.forget();
    },
  };
}

const REFUSALS = ['query_refused', 'invalid_arguments', 'target_required'];
const QUERY_TOOLS = ['loki_query', 'loki_query_range'];

/** Sets up the attacks of one file, all under the scope `shop`. */
export function openAttack() {
  const lab = openTwin();

  /** Expects the schema or the guard to refuse the call before one byte left. */
  async function refused(tool: string, args: object, scope: ScopeName = 'shop') {
    lab.forget();
    const error = await lab.read(tool, scope, args).catch((thrown: unknown) => thrown);
    const isRefusal =
      error instanceof ToolError ? REFUSALS.includes(error.code) : error instanceof z.ZodError;
    expect(isRefusal, `${JSON.stringify(args)} gave ${JSON.stringify(error) ?? error}`).toBe(true);
    expect(lab.sent(), JSON.stringify(args)).toBe('');
    return error;
  }

  /** Expects every selector that the twin read to be confined, and nothing of finance to come back. */
  async function confined(tool: string, args: object): Promise<Record<string, unknown>> {
    lab.forget();
    const answer = await lab.read(tool, 'shop', args).catch((error: unknown) => {
      // Loki may find a query wrong that was let through; what was sent counts all the same.
      expect(error, JSON.stringify(args)).toMatchObject({ code: 'query_failed' });
      return {};
    });
    const { selectors } = lab.twin();
    expect(selectors.length, 'something was sent').toBeGreaterThan(0);
    for (const selector of selectors) {
      expect(selector, JSON.stringify(args)).toContainEqual({ label: 'namespace', op: '=', value: 'shop' });
    }
    // `query` and `selector` hold the caller's own words.
    const shown = { ...answer, query: '', selector: '' };
    expect(JSON.stringify(shown).replaceAll('finance-lookalike', ''), JSON.stringify(args)).not.toMatch(
      OF_FINANCE,
    );
    return answer;
  }

  return { ...lab, refused, confined, QUERY_TOOLS };
}
