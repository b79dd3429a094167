import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { ticketComment } from '../../../src/services/ticket-tracker/tools/ticket-comment.ts';
import { ticketGet } from '../../../src/services/ticket-tracker/tools/ticket-get.ts';
import { ticketList } from '../../../src/services/ticket-tracker/tools/ticket-list.ts';
import { ticketOpen } from '../../../src/services/ticket-tracker/tools/ticket-open.ts';
import { startWebhookTwin, type WebhookTwin } from '../../twins/webhook.ts';
import { recordingServer } from '../prometheus/fixture.ts';
import {
  CASES,
  expectStrict,
  githubAt,
  githubCase,
  jiraAt,
  jiraCase,
  openTickets,
  someComment,
  someTicket,
  type TrackerCase,
  webhookAt,
} from './lab.ts';

describe.each(CASES)('%s', (_, start) => {
  let tracker: TrackerCase;
  beforeAll(async () => {
    tracker = await start();
  });
  afterEach(() => {
    vi.useRealTimers();
    tracker.twin.breakWith(undefined);
    tracker.twin.forget();
    expectStrict(tracker.twin);
  });
  afterAll(() => tracker?.twin.close());

  const open = async (args = someTicket()) =>
    (await tracker.lab.write(ticketOpen, undefined, args)).output.ticket;
  const get = (ticket: string) => tracker.lab.read(ticketGet, undefined, { ticket });
  const list = async (args = {}) => (await tracker.lab.read(ticketList, undefined, args)).tickets;

  test('a ticket is opened with its labels, and is read again', async () => {
    const ticket = await open();
    const found = await get(ticket);
    expect(found).toMatchObject({
      id: ticket,
      title: 'The disk of orders-db is full',
      state: 'open',
      labels: expect.arrayContaining(['stackward', 'db']),
      body: expect.stringContaining('no space left\nsince 12:00'),
      comments: [],
      truncated: false,
    });
    expect(found.body).toContain('tester');
    expect((await list()).map(({ id }) => id)).toContain(ticket);
  });

  test('a label that the topology does not name is refused before anything leaves', async () => {
    for (const labels of [['prod'], ['db', 'security'], ['stackward']])
      await expect(tracker.lab.write(ticketOpen, undefined, someTicket({ labels }))).rejects.toMatchObject({
        code: 'invalid_arguments',
        detail: expect.stringContaining('incident, db'),
      });
    expect(tracker.twin.requests).toEqual([]);
  });

  test('the same key again is the same ticket, whatever it says', async () => {
    const args = someTicket();
    const ticket = await open(args);
    const before = tracker.state();
    const { output } = await tracker.lab.write(ticketOpen, undefined, { ...args, title: 'otherwise' });
    expect(output).toEqual({ ticket, created: false });
    expect(tracker.state()).toEqual(before);
  });

  test('the same key at once opens one ticket', async () => {
    const args = someTicket();
    const before = tracker.openTickets();
    const both = await Promise.allSettled([1, 2].map(() => tracker.lab.write(ticketOpen, undefined, args)));
    expect(both.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect(tracker.openTickets()).toBe(before + 1);
  });

  test('a lost answer is unknown, and the same key finds what was made', async () => {
    const args = someTicket();
    tracker.twin.loseNextAnswer();
    const before = tracker.openTickets();
    await expect(open(args)).rejects.toMatchObject({ code: 'outcome_unknown' });
    expect((await tracker.lab.write(ticketOpen, undefined, args)).output.created).toBe(false);
    expect(tracker.openTickets()).toBe(before + 1);
  });

  test('what was lost and does not show is written again only once the tracker had its time', async () => {
    const args = someTicket();
    const before = tracker.openTickets();
    const breakWrites = async () => tracker.twin.breakWith(502);
    await expect(
      tracker.lab.write(ticketOpen, undefined, args, { between: breakWrites }),
    ).rejects.toMatchObject({ code: 'backend_failed' });
    tracker.twin.breakWith(undefined);
    tracker.twin.failNextWrite(502);
    await expect(open(args)).rejects.toMatchObject({ code: 'outcome_unknown' });
    await expect(open(args)).rejects.toMatchObject({ code: 'conflict' });
    expect(tracker.openTickets()).toBe(before);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    await open(args);
    expect(tracker.openTickets()).toBe(before + 1);
  });

  test('a comment is added once for its key, and shows', async () => {
    const ticket = await open();
    const args = someComment(ticket);
    const { output } = await tracker.lab.write(ticketComment, undefined, args);
    expect(output).toMatchObject({ ticket, created: true });
    const again = await tracker.lab.write(ticketComment, undefined, { ...args, body: 'otherwise' });
    expect(again.output).toEqual({ ...output, created: false });
    expect((await get(ticket)).comments).toMatchObject([
      { id: output.comment, body: expect.stringContaining(args.body) },
    ]);
  });

  test('one key on two tickets is two comments', async () => {
    const [a, b] = [await open(), await open()];
    const args = someComment(a);
    await tracker.lab.write(ticketComment, undefined, args);
    expect((await tracker.lab.write(ticketComment, undefined, { ...args, ticket: b })).output.created).toBe(
      true,
    );
    expect(tracker.bodies(b).comments).toHaveLength(1);
  });

  test('the newest comments are shown when there are many, and the cut is said', async () => {
    const ticket = await open();
    for (let i = 0; i < 130; i++) tracker.commentOther(ticket);
    await tracker.lab.write(ticketComment, undefined, someComment(ticket, { body: 'the last' }));
    const found = await get(ticket);
    expect(found.comments).toHaveLength(100);
    expect(found.comments.at(-1)?.body).toContain('the last');
    expect(found).toMatchObject({ truncated: true, hint: expect.any(String) });
    const few = await tracker.lab.read(ticketGet, undefined, { ticket }, { limits: { rows: 3 } });
    expect(few.comments.map(({ id }) => id)).toEqual(found.comments.slice(-3).map(({ id }) => id));
  });

  test('a list that is cut says so, and closed tickets show when asked for', async () => {
    const [first, second] = [await open(), await open()];
    tracker.close(first);
    const cut = await tracker.lab.read(ticketList, undefined, { state: 'all' }, { limits: { rows: 1 } });
    expect(cut).toMatchObject({ tickets: [{ id: second }], truncated: true, hint: expect.any(String) });
    expect((await list()).map(({ id }) => id)).not.toContain(first);
    expect(await list({ state: 'all' })).toContainEqual(
      expect.objectContaining({ id: first, state: 'closed' }),
    );
  });

  test('wrong credentials, a broken server and a limit are told apart', async () => {
    await expect(tracker.stranger.read(ticketList, undefined, {})).rejects.toMatchObject({
      code: 'login_failed',
    });
    for (const [status, code] of [
      [403, 'permission_denied'],
      [429, 'too_busy'],
      [500, 'backend_failed'],
    ] as const) {
      tracker.twin.breakWith(status, 'secret words');
      const error = await tracker.lab.read(ticketList, undefined, {}).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code, detail: expect.not.stringContaining('secret words') });
    }
  });

  test('a call that was cancelled sends nothing', async () => {
    const signal = AbortSignal.abort();
    await expect(tracker.lab.read(ticketList, undefined, {}, { signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(tracker.twin.requests).toEqual([]);
  });
});

describe('GitHub alone', () => {
  test('a ticket that was transferred is not found, which says nothing against the server', async () => {
    const server = await recordingServer((_, response) =>
      response.writeHead(301, { location: 'https://api.github.com/repositories/2/issues/9' }).end(),
    );
    const lab = openTickets(githubAt(server.url));
    await expect(lab.read(ticketGet, undefined, { ticket: '7' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(lab.write(ticketComment, undefined, someComment('7'))).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(server.received.map(({ method }) => method)).toEqual(['GET', 'GET']);
    await server.close();
  });

  test('a limit that GitHub answers with 403 is no missing right', async () => {
    const { twin, lab } = await githubCase();
    for (const words of [
      'API rate limit exceeded for user ID 7.',
      'You have exceeded a secondary rate limit.',
    ]) {
      twin.breakWith(403, JSON.stringify({ message: words }));
      await expect(lab.write(ticketOpen, undefined, someTicket())).rejects.toMatchObject({
        code: 'too_busy',
      });
    }
    twin.breakWith(403, '{"message": "Resource not accessible by personal access token"}');
    await expect(lab.read(ticketList, undefined, {})).rejects.toMatchObject({ code: 'permission_denied' });
    await twin.close();
  });

  test('a label that the repository has in another case is the same label', async () => {
    const { twin, lab } = await githubCase();
    const ticket = String(twin.openOther({ labels: ['Stackward'] }));
    expect((await lab.read(ticketList, undefined, {})).tickets).toMatchObject([{ id: ticket }]);
    expect(await lab.read(ticketGet, undefined, { ticket })).toMatchObject({ id: ticket });
    await twin.close();
  });

  test('pull requests are neither listed nor read', async () => {
    const { twin, lab } = await githubCase();
    const pull = String(twin.openOther({ isPull: true }));
    expect((await lab.read(ticketList, undefined, {})).tickets).toEqual([]);
    await expect(lab.read(ticketGet, undefined, { ticket: pull })).rejects.toMatchObject({
      code: 'not_found',
    });
    await twin.close();
  });

  test('where GitHub drops the labels, the key still finds the ticket', async () => {
    const { twin, lab } = await githubCase();
    twin.dropLabels();
    const args = someTicket();
    const { output, ...written } = await lab.write(ticketOpen, undefined, args);
    expect((await lab.write(ticketOpen, undefined, args)).output).toEqual({ ...output, created: false });
    await lab.revert(ticketOpen, undefined, args, written);
    expect(twin.issues.map(({ state }) => state)).toEqual(['closed']);
    expectStrict(twin);
    await twin.close();
  });

  test('a ticket is found again below hundreds of others', async () => {
    const { twin, lab } = await githubCase();
    const args = someTicket();
    await lab.write(ticketOpen, undefined, args);
    for (let i = 0; i < 250; i++) twin.openOther({ user: { id: 7, login: 'stackward-bot' } });
    expect((await lab.write(ticketOpen, undefined, args)).output).toEqual({ ticket: '1', created: false });
    await twin.close();
  });
});

describe('Jira alone', () => {
  test('a refusal names the fields, and nothing of their values', async () => {
    const { twin } = await jiraCase('cloud');
    const lab = openTickets({ ...jiraAt(twin.url, 'cloud'), issue_type: 'Nonsense' });
    const error = await lab.write(ticketOpen, undefined, someTicket()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'query_failed', detail: expect.stringContaining('issuetype') });
    expect(error).toMatchObject({ detail: expect.not.stringContaining('Specify') });
    await twin.close();
  });

  test('a search that lags behind a lost answer makes no second ticket', async () => {
    const { twin, lab } = await jiraCase('cloud');
    const args = someTicket();
    twin.lag();
    twin.loseNextAnswer();
    await expect(lab.write(ticketOpen, undefined, args)).rejects.toMatchObject({ code: 'outcome_unknown' });
    await expect(lab.write(ticketOpen, undefined, args)).rejects.toMatchObject({ code: 'conflict' });
    twin.settle();
    expect((await lab.write(ticketOpen, undefined, args)).output.created).toBe(false);
    expect(twin.issues).toHaveLength(1);
    await twin.close();
  });
});

describe('a webhook', () => {
  let hook: WebhookTwin;
  beforeAll(async () => {
    hook = await startWebhookTwin();
  });
  afterAll(async () => {
    expectStrict(hook);
    await hook.close();
  });

  test('gets each ticket and comment once, and shows nothing', async () => {
    const lab = openTickets(webhookAt(hook.hook));
    const args = someTicket();
    const { output } = await lab.write(ticketOpen, undefined, args);
    expect(output).toEqual({ ticket: args.idempotency_key, created: true });
    await lab.write(ticketOpen, undefined, args);
    const comment = someComment(output.ticket);
    await lab.write(ticketComment, undefined, comment);
    const { title, body } = args;
    expect(hook.events).toMatchObject([
      { version: 1, event: 'ticket.open', ticket: output.ticket, title, body, labels: ['stackward', 'db'] },
      { version: 1, event: 'comment.add', ticket: output.ticket, comment: comment.idempotency_key },
    ]);
    await expect(lab.read(ticketList, undefined, {})).rejects.toMatchObject({ code: 'not_found' });
    await expect(lab.read(ticketGet, undefined, { ticket: output.ticket })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('a withdrawal is an event of its own', async () => {
    const lab = openTickets(webhookAt(hook.hook));
    const args = someTicket();
    const written = await lab.write(ticketOpen, undefined, args);
    const comment = someComment(args.idempotency_key);
    const commented = await lab.write(ticketComment, undefined, comment);
    await lab.revert(ticketComment, undefined, comment, commented);
    await lab.revert(ticketOpen, undefined, args, written);
    expect(hook.events.map(({ event }) => event).slice(-2)).toEqual(['comment.withdraw', 'ticket.withdraw']);
  });
});
