import { afterEach, expect, test, vi } from 'vitest';
import { ToolError } from '../../src/toolset/errors.ts';
import { type Lab, type LabOptions, openLab, PASSWORD } from './lab.ts';

const labs: Lab[] = [];
const lab = async (options?: LabOptions) => {
  const made = await openLab(options);
  labs.push(made);
  return made;
};
afterEach(() => Promise.all(labs.splice(0).map((one) => one.close())));

const A = { target: 'store/a' };
const throwing = (junk: unknown) => () => Promise.reject(junk);
const circular: Record<string, unknown> = {};
circular.self = circular;
const deep = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);

interface Case {
  readonly tool: string;
  readonly args?: Record<string, unknown>;
  readonly as?: string;
  readonly options?: LabOptions;
  readonly prepare?: (lab: Lab) => void;
  readonly signal?: () => AbortSignal;
  readonly code: string;
  readonly outcome: string;
  /** Whether the tool may have been run. */
  readonly ran?: true;
}

const CASES: Record<string, Case> = {
  'unknown agent': { tool: 'probe_read', as: 'nobody', code: 'unauthenticated', outcome: 'denied' },
  'an agent without a link': {
    tool: 'probe_read',
    args: { target: 'vault/a' },
    as: 'helper',
    code: 'not_linked',
    outcome: 'denied',
  },
  'unknown tool': { tool: 'probe_nothing', code: 'unknown_tool', outcome: 'denied' },
  'a tool name of another kind': { tool: '__proto__', code: 'unknown_tool', outcome: 'denied' },
  'no target among several': { tool: 'probe_read', args: {}, code: 'target_required', outcome: 'denied' },
  'a target that is no text': {
    tool: 'probe_read',
    args: { target: ['store/a'] },
    code: 'not_linked',
    outcome: 'denied',
  },
  'a target beyond the link': {
    tool: 'probe_read',
    args: { target: 'vault/a' },
    code: 'not_linked',
    outcome: 'denied',
  },
  'an argument too many': {
    tool: 'probe_read',
    args: { ...A, more: 1 },
    code: 'invalid_arguments',
    outcome: 'denied',
  },
  'an argument of the wrong type': {
    tool: 'probe_read',
    args: { ...A, text: 1 },
    code: 'invalid_arguments',
    outcome: 'denied',
  },
  'arguments nested beyond reason': {
    tool: 'probe_read',
    args: { ...A, text: deep(100_000) },
    code: 'invalid_arguments',
    outcome: 'denied',
  },
  'the gate, for too many rows': {
    tool: 'probe_write',
    args: { ...A, n: 11 },
    code: 'write_refused',
    outcome: 'denied',
  },
  'the gate, for its rate': {
    tool: 'probe_write',
    args: A,
    options: { writesPerMinute: 0 },
    code: 'write_refused',
    outcome: 'denied',
  },
  'an approval that nobody gave': {
    tool: 'probe_burn',
    args: { ...A, key: 'k' },
    code: 'approval_required',
    outcome: 'denied',
  },
  'a caller that was gone before a read': {
    tool: 'probe_read',
    args: A,
    signal: () => AbortSignal.abort(),
    code: 'cancelled',
    outcome: 'cancelled',
  },
  'a caller that was gone before a write': {
    tool: 'probe_write',
    args: A,
    signal: () => AbortSignal.abort(),
    code: 'cancelled',
    outcome: 'cancelled',
  },
  'a credential that is not there': {
    tool: 'probe_read',
    args: A,
    options: { env: { P: '' } },
    code: 'secret_unavailable',
    outcome: 'error',
  },
  'a reader that does not open': {
    tool: 'probe_read',
    args: A,
    prepare: ({ probe }) => {
      probe.does.openReader = throwing(new ToolError('unreachable', 'nobody answers'));
    },
    code: 'unreachable',
    outcome: 'error',
  },
  'a writer that does not open': {
    tool: 'probe_write',
    args: A,
    prepare: ({ probe }) => {
      probe.does.openWriter = throwing(new ToolError('login_failed', 'who are you'));
    },
    code: 'login_failed',
    outcome: 'error',
  },
  'a read past its deadline': {
    tool: 'probe_read',
    args: A,
    options: { limits: { deadlineMs: 30 } },
    prepare: ({ probe }) => {
      probe.does.read = untilTold;
    },
    code: 'timeout',
    outcome: 'error',
    ran: true,
  },
  'a write past its deadline': {
    tool: 'probe_write',
    args: A,
    options: { limits: { deadlineMs: 600 } },
    prepare: ({ probe }) => {
      probe.does.write = untilTold;
    },
    code: 'outcome_unknown',
    outcome: 'outcome_unknown',
    ran: true,
  },
  'a write that knows it did nothing when it was stopped': {
    tool: 'probe_write',
    args: A,
    options: { limits: { deadlineMs: 600 } },
    prepare: ({ probe }) => {
      probe.does.write = (args, signal) =>
        untilTold(args, signal).catch(() => Promise.reject(new ToolError('timeout', 'rolled back')));
    },
    code: 'timeout',
    outcome: 'error',
    ran: true,
  },
  'a known error of a read': {
    tool: 'probe_read',
    args: A,
    prepare: ({ probe }) => {
      probe.does.read = throwing(new ToolError('query_failed', 'no such row'));
    },
    code: 'query_failed',
    outcome: 'error',
    ran: true,
  },
  'an unknown error of a read': {
    tool: 'probe_read',
    args: A,
    prepare: ({ probe }) => {
      probe.does.read = throwing(new Error(`postgres://u:${PASSWORD}@h`));
    },
    code: 'internal',
    outcome: 'error',
    ran: true,
  },
  'a known error of a write': {
    tool: 'probe_write',
    args: A,
    prepare: ({ probe }) => {
      probe.does.write = throwing(new ToolError('conflict', 'somebody was faster'));
    },
    code: 'conflict',
    outcome: 'error',
    ran: true,
  },
  'an unknown error of a write': {
    tool: 'probe_write',
    args: A,
    prepare: ({ probe }) => {
      probe.does.write = throwing(new Error('socket hang up'));
    },
    code: 'outcome_unknown',
    outcome: 'outcome_unknown',
    ran: true,
  },
  'a result that cannot be cut': {
    tool: 'probe_read',
    args: A,
    prepare: ({ probe }) => {
      probe.does.read = async () => ({ text: 'x'.repeat(3_000) });
    },
    code: 'result_too_large',
    outcome: 'error',
    ran: true,
  },
  'a result that JSON cannot hold': {
    tool: 'probe_read',
    args: A,
    prepare: ({ probe }) => {
      probe.does.read = async () => circular;
    },
    code: 'internal',
    outcome: 'error',
    ran: true,
  },
  'a result of a kind that JSON does not have': {
    tool: 'probe_read',
    args: A,
    prepare: ({ probe }) => {
      probe.does.read = async () => ({ n: 1n });
    },
    code: 'internal',
    outcome: 'error',
    ran: true,
  },
  'a result that is nothing': {
    tool: 'probe_read',
    args: A,
    prepare: ({ probe }) => {
      probe.does.read = async () => undefined as never;
    },
    code: 'internal',
    outcome: 'error',
    ran: true,
  },
};
for (const [name, junk] of Object.entries({
  nothing: undefined,
  'a word': 'no',
  'a symbol': Symbol('no'),
  null: null,
})) {
  CASES[`a read that throws ${name}`] = {
    tool: 'probe_read',
    args: A,
    prepare: ({ probe }) => {
      probe.does.read = throwing(junk);
    },
    code: 'internal',
    outcome: 'error',
    ran: true,
  };
  CASES[`a write that throws ${name}`] = {
    tool: 'probe_write',
    args: A,
    prepare: ({ probe }) => {
      probe.does.write = throwing(junk);
    },
    code: 'outcome_unknown',
    outcome: 'outcome_unknown',
    ran: true,
  };
}

function untilTold(_args: unknown, signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('the driver was stopped')));
  });
}

test.each(Object.entries(CASES))('%s: one request, one response, the right word', async (_name, one) => {
  const made = await lab(one.options);
  one.prepare?.(made);
  const answer = await made.call(one.tool, one.args, {
    ...(one.as === undefined ? {} : { as: one.as }),
    ...(one.signal ? { signal: one.signal() } : {}),
  });
  expect(answer).toMatchObject({ outcome: one.outcome, error: { code: one.code } });
  expect(answer.text).not.toContain(PASSWORD);
  expect(made.audit.requests()).toHaveLength(1);
  expect(made.audit.responses()).toMatchObject([{ outcome: one.outcome, call: answer.callId }]);
  expect(made.audit.requests()[0]?.call).toBe(answer.callId);
  expect(made.probe.trace.some((event) => /^(read|write|burn) runs$/.test(event))).toBe(one.ran === true);
  expect(made.counted).toEqual([answer]);
  const opened = made.probe.trace.filter((event) => event === 'writer opens').length;
  const failed = one.code === 'login_failed' ? 1 : 0;
  expect(made.probe.trace.filter((event) => event === 'writer closes')).toHaveLength(opened - failed);
});

test('a done write whose result is too large is told as done', async () => {
  const { call, probe, audit } = await lab();
  probe.does.write = async () => ({ text: 'x'.repeat(30_000) });
  expect(await call('probe_write', A)).toMatchObject({
    outcome: 'ok',
    text: expect.stringContaining('the write was done'),
  });
  expect(audit.responses()).toMatchObject([{ outcome: 'ok' }]);
});

test('a session that does not close in order does not undo the answer', async () => {
  const { call, probe, internal } = await lab();
  probe.does.close = throwing(new Error('already gone'));
  expect(await call('probe_write', A)).toMatchObject({ outcome: 'ok' });
  expect(internal).toHaveLength(1);
});

test('a session that never closes does not hold back the answer', async () => {
  const { call, probe } = await lab();
  probe.does.close = () => new Promise(() => {});
  expect(await call('probe_write', A)).toMatchObject({ outcome: 'ok' });
  probe.does.close = async () => {};
});

test('a session that opens only after the call was stopped is closed, and used by nobody', async () => {
  const { call, probe } = await lab({ limits: { deadlineMs: 50 } });
  let open = () => {};
  probe.does.openWriter = () =>
    new Promise((resolve) => {
      open = resolve;
    });
  expect(await call('probe_write', A)).toMatchObject({ outcome: 'error', error: { code: 'timeout' } });
  open();
  await vi.waitFor(() => expect(probe.trace).toContain('writer closes'), { timeout: 15_000 });
  expect(probe.trace).not.toContain('capture runs');
});

test('a tool that ignores its signal is left behind', async () => {
  const { call, probe } = await lab({ limits: { deadlineMs: 500 } });
  probe.does.read = () => new Promise(() => {});
  expect(await call('probe_read', A)).toMatchObject({ error: { code: 'timeout' } });
  probe.does.write = () => new Promise(() => {});
  expect(await call('probe_write', A)).toMatchObject({ outcome: 'outcome_unknown' });
});

test('a cancellation reaches the running tool; a read is cancelled, a write unknown', async () => {
  const { call, probe } = await lab();
  probe.does.read = untilTold;
  probe.does.write = untilTold;
  for (const [tool, outcome] of [
    ['probe_read', 'cancelled'],
    ['probe_write', 'outcome_unknown'],
  ] as const) {
    const caller = new AbortController();
    const answer = call(tool, A, { signal: caller.signal });
    await vi.waitFor(() => expect(probe.trace).toContain(`${tool.slice(6)} runs`), { timeout: 15_000 });
    caller.abort();
    expect(await answer).toMatchObject({ outcome });
  }
});

test('a write that was cancelled while its before-image was taken does not run', async () => {
  const { call, probe } = await lab();
  const caller = new AbortController();
  probe.does.capture = async () => {
    caller.abort();
    return null;
  };
  expect(await call('probe_write', A, { signal: caller.signal })).toMatchObject({ outcome: 'cancelled' });
  expect(probe.trace).not.toContain('write runs');
});

test('calls beyond the share wait, calls beyond the queue are told that it is busy', async () => {
  const { call, probe } = await lab({ concurrency: { running: 1, waiting: 1 } });
  let finish = () => {};
  const gate = new Promise<void>((resolve) => {
    finish = resolve;
  });
  probe.does.read = () => gate.then(() => ({}));
  const [first, second] = [call('probe_read', A), call('probe_read', A)];
  await vi.waitFor(() => expect(probe.trace).toContain('read runs'), { timeout: 15_000 });
  expect(await call('probe_read', A)).toMatchObject({ outcome: 'denied', error: { code: 'too_busy' } });
  finish();
  expect(await Promise.all([first, second])).toMatchObject([{ outcome: 'ok' }, { outcome: 'ok' }]);
});

test('a call that is cancelled while it waits is answered at once and never runs', async () => {
  const { call, probe, audit } = await lab({ concurrency: { running: 1, waiting: 2 } });
  let finish = () => {};
  const gate = new Promise<void>((resolve) => {
    finish = resolve;
  });
  probe.does.read = () => gate.then(() => ({}));
  const first = call('probe_read', A);
  await vi.waitFor(() => expect(probe.trace).toContain('read runs'), { timeout: 15_000 });
  const caller = new AbortController();
  const waiting = [
    call('probe_read', A, { signal: caller.signal }),
    call('probe_write', A, { signal: caller.signal }),
  ];
  await new Promise(setImmediate);
  caller.abort();
  expect(await Promise.all(waiting)).toMatchObject([{ outcome: 'cancelled' }, { outcome: 'cancelled' }]);
  finish();
  await first;
  expect(await call('probe_read', A)).toMatchObject({ outcome: 'ok' });
  expect(probe.trace.filter((event) => event === 'read runs')).toHaveLength(2);
  expect(probe.trace).not.toContain('writer opens');
  expect(audit.requests()).toHaveLength(4);
  expect(audit.responses()).toHaveLength(4);
});

test('waiting counts against the deadline', async () => {
  const { call, probe } = await lab({ concurrency: { running: 1, waiting: 2 }, limits: { deadlineMs: 80 } });
  probe.does.read = () => new Promise(() => {});
  const first = call('probe_read', A);
  await vi.waitFor(() => expect(probe.trace).toContain('read runs'), { timeout: 15_000 });
  expect(await call('probe_read', A)).toMatchObject({ error: { code: 'timeout' } });
  expect(probe.trace.filter((event) => event === 'read runs')).toHaveLength(1);
  await first;
});

test('five backend faults open the breaker for everybody; once it is due, a write may be the one that tries', async () => {
  const { call, probe, breakers } = await lab({ halfOpenAfterMs: 300 });
  probe.does.read = throwing(new ToolError('query_failed', 'the caller’s fault'));
  for (let n = 0; n < 6; n++) await call('probe_read', A);
  expect(breakers.states().get('store')).toBe('closed');
  probe.does.read = throwing(new ToolError('unreachable', 'gone'));
  for (let n = 0; n < 5; n++)
    expect(await call('probe_read', A)).toMatchObject({ error: { code: 'unreachable' } });
  expect(breakers.states().get('store')).toBe('open');
  const ran = probe.trace.filter((event) => event === 'read runs').length;
  expect(await call('probe_read', A)).toMatchObject({ outcome: 'denied', error: { code: 'breaker_open' } });
  expect(await call('probe_write', A)).toMatchObject({ outcome: 'denied', refusedRules: ['breaker closed'] });
  expect(probe.trace.filter((event) => event === 'read runs')).toHaveLength(ran);
  await new Promise((resolve) => setTimeout(resolve, 350));
  expect(await call('probe_write', A)).toMatchObject({ outcome: 'ok' });
  expect(breakers.states().get('store')).toBe('closed');
});

test('a due breaker that is tried in vain opens again', async () => {
  const { call, probe, breakers } = await lab({ halfOpenAfterMs: 200 });
  probe.does.read = throwing(new ToolError('backend_failed', 'gone'));
  for (let n = 0; n < 5; n++) await call('probe_read', A);
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(await call('probe_read', A)).toMatchObject({ error: { code: 'backend_failed' } });
  expect(await call('probe_read', A)).toMatchObject({ error: { code: 'breaker_open' } });
  expect(await call('probe_write', A)).toMatchObject({ refusedRules: ['breaker closed'] });
  expect(breakers.isClosed('store')).toBe(false);
});

test('a refusal for an unknown tool or target says why', async () => {
  const { call } = await lab({ env: { MCP_STORE_WRITE_ACCESS: 'false' } });
  const why = async (tool: string, args = {}, as?: string) =>
    (await call(tool, args, as === undefined ? {} : { as })).error?.detail;
  expect(await why('probe_write')).toMatch(/store\/a: write flag MCP_STORE_WRITE_ACCESS is 'false'/);
  expect(await why('probe_nothing')).toMatch(/no service has a tool of that name/);
  expect(await why('probe_read', { target: 'vault/a' }, 'helper')).toMatch(
    /no link from helper reaches vault/,
  );
  expect(await why('probe_read', { target: 'store/zzz' })).toMatch(/the topology has no such target/);
  expect((await why('x'.repeat(5_000)))?.length).toBeLessThan(300);
  expect((await why('probe_read', { target: 'x'.repeat(5_000) }))?.length).toBeLessThan(300);
});
