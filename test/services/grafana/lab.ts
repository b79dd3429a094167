import { afterEach, beforeEach, expect } from 'vitest';
import { z } from 'zod';
import { Secret } from '../../../src/secrets/secret.ts';
import { connector } from '../../../src/services/grafana/connect.ts';
import type { GrafanaConnection } from '../../../src/services/grafana/connection.ts';
import { grafana } from '../../../src/services/grafana/service.ts';
import type { Endpoint } from '../../../src/toolset/define.ts';
import { ToolError } from '../../../src/toolset/errors.ts';
import { openToolLab } from '../../harness/tool-lab.ts';
import { type GrafanaTwin, startGrafanaTwin, TOKEN } from '../../twins/grafana.ts';
import { fill } from './filled.ts';

export type Connection = Endpoint<GrafanaConnection>['connection'];
export const credentials = { token: new Secret('token', TOKEN) };

/** Every entry of the twin's folders that a link may reach; `general` is reached through an entry of another name. */
export const FOLDERS = { shop: {}, loose: { uid: 'general' } };

export interface Lab {
  twin(): GrafanaTwin;
  /** Tools through folders `shop` and `loose`. */
  scoped(): ReturnType<typeof openGrafana>;
  /** Tools of a component that names no folders. */
  whole(): ReturnType<typeof openGrafana>;
  /** Expects a refusal before one byte left. */
  refused(attempt: () => Promise<unknown>): Promise<void>;
  /** Expects a refusal, whatever was read for it: no write left, and the contents are as they were. */
  unwritten(attempt: () => Promise<unknown>): Promise<void>;
}

/** A component of type grafana whose tools run through clients of the real connector. */
export const openGrafana = (connection: Connection, subs: Record<string, { uid?: string }> = {}) =>
  openToolLab({
    connector,
    connection,
    subs,
    limits: grafana.limits,
    component: 'dash',
  });

const REFUSALS = ['query_refused', 'invalid_arguments', 'target_required', 'not_found', 'conflict'];

/** A filled twin for each test. A request that the real server would not know fails the test. */
export function openLab(): Lab {
  let twin: GrafanaTwin;
  beforeEach(async () => {
    twin = await startGrafanaTwin();
    fill(twin);
  });
  afterEach(async () => {
    await twin.close();
    expect(twin.violations).toEqual([]);
  });

  async function unwritten(attempt: () => Promise<unknown>) {
    const before = twin.state.contents();
    twin.forget();
    const error = await attempt().then(
      (value) => value,
      (thrown: unknown) => thrown,
    );
    const isRefusal =
      error instanceof ToolError ? REFUSALS.includes(error.code) : error instanceof z.ZodError;
    expect(isRefusal, `the attempt gave ${error instanceof Error ? error : JSON.stringify(error)}`).toBe(
      true,
    );
    expect(twin.writes()).toEqual([]);
    expect(twin.state.contents()).toEqual(before);
  }

  return {
    twin: () => twin,
    scoped: () => openGrafana({ url: twin.url, credentials }, FOLDERS),
    whole: () => openGrafana({ url: twin.url, credentials }),
    unwritten,
    async refused(attempt) {
      await unwritten(attempt);
      expect(twin.requests).toEqual([]);
    },
  };
}
