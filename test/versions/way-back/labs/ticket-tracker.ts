import fc from 'fast-check';
import { githubCase, jiraCase, type TrackerCase } from '../../../services/ticket-tracker/lab.ts';
import { GITHUB_TOKEN, REPOSITORY } from '../../../twins/github-issues.ts';
import { JIRA_PASSWORD, JIRA_USER } from '../../../twins/jira.ts';
import type { WebhookTwin } from '../../../twins/webhook.ts';
import { type Case, caseOf, defineLab, fresh, type Scene, stopTwin, topologyOf } from '../lab.ts';
import { webhook } from './webhook.ts';

const line = fc.stringMatching(/^[a-zü][a-z@#<*_ ]{0,30}[a-z]$/);
const body = fc.constantFrom('one line', 'two\nlines', '@ann <b>look</b> #7 *bold*', '- [ ] ü');
const labels = fc.subarray(['incident', 'db']);
const ONLY_ONCE = 'a key opens one ticket';

const stackAt = (fields: string) =>
  topologyOf('tracker', `type: ticket-tracker, label: stackward, labels: [incident, db], ${fields}`, 'files');
const WRITES = { MCP_TRACKER_WRITE_ACCESS: 'true' };

interface Issue {
  readonly number?: number;
  readonly key?: string;
  readonly state?: string;
  readonly done?: boolean;
  readonly comments: readonly { readonly id: string | number; readonly body: string }[];
}

const issuesOf = (tracker: TrackerCase) => tracker.state() as readonly Issue[];
const idOf = ({ number, key }: Issue) => String(number ?? key);
const isOpen = ({ state, done }: Issue) => state === 'open' || done === false;

/** Open tickets that hold a mark, and all others; a ticket that was taken back stays to be read, closed. */
function readAll(tracker: TrackerCase, mark: string) {
  const open = issuesOf(tracker).filter(isOpen);
  const isOwn = (issue: Issue) => JSON.stringify(issue).includes(mark);
  return { own: open.filter(isOwn), others: open.filter((issue) => !isOwn(issue)) };
}

const opened: Case<TrackerCase> = caseOf(
  fc.record({ title: line, body, labels }),
  async (tracker, given): Promise<Scene> => {
    const mark = fresh('mark');
    return {
      args: { idempotency_key: mark, ...given, title: `${given.title} ${mark}` },
      read: async () => readAll(tracker, mark),
      beside: () => tracker.openOther(),
      interfere: () => {
        for (const one of readAll(tracker, mark).own) tracker.commentOther(idOf(one));
      },
      onlyOnce: ONLY_ONCE,
    };
  },
);

const commented: Case<TrackerCase> = caseOf(body, async (tracker, text): Promise<Scene> => {
  const mark = fresh('mark');
  const ticket = tracker.openOther({ title: `of ${mark}`, labels: ['stackward'] });
  tracker.commentOther(ticket);
  const own = () => readAll(tracker, mark).own[0]?.comments ?? [];
  return {
    args: { ticket, idempotency_key: mark, body: text },
    read: async () => readAll(tracker, mark),
    beside: () => tracker.openOther(),
    interfere: () => tracker.editComment(ticket, String(own().at(-1)?.id)),
    // Another comment has another id, and says which call wrote it.
    alike: (all) => (all as Issue[]).map(({ comments }) => comments.length),
  };
});

const cases = { ticket_open: opened, ticket_comment: commented };
const stop = ({ twin }: TrackerCase) => stopTwin(twin);

export const ticketsOnGitHub = defineLab<TrackerCase>({
  name: 'the twin of GitHub',
  start: githubCase,
  stop,
  stackOver: ({ twin }) => ({
    topology: stackAt(
      `provider: github, url: ${twin.url}, repository: ${REPOSITORY}, credentials: {token: {env: TOKEN}}`,
    ),
    env: { ...WRITES, TOKEN: GITHUB_TOKEN },
  }),
  cases,
});

export const ticketsOnJira = defineLab<TrackerCase>({
  name: 'the twin of Jira',
  start: () => jiraCase('cloud'),
  stop,
  stackOver: ({ twin }) => ({
    topology: stackAt(
      `provider: jira, url: ${twin.url}, edition: cloud, project: SHOP, issue_type: Bug, credentials: {user: ${JIRA_USER}, password: {env: PASSWORD}}`,
    ),
    env: { ...WRITES, PASSWORD: JIRA_PASSWORD },
  }),
  cases,
});

/** What the receiver of the events last heard of a ticket or comment. */
const heard = (twin: WebhookTwin, field: 'ticket' | 'comment', name: string) =>
  twin.events.filter((one) => one[field] === name).at(-1)?.event ?? null;

const announced = (
  field: 'ticket' | 'comment',
  onlyOnce: string,
  argsOf: (key: string) => Scene['args'],
): Case<WebhookTwin> =>
  caseOf(fc.record({ body }), async (twin, given): Promise<Scene> => {
    const key = fresh('key');
    return {
      args: { idempotency_key: key, ...argsOf(key), ...given },
      read: async () => ({ own: isThere(heard(twin, field, key)), others: null }),
      beside: { never: 'a webhook holds nothing that others could change' },
      interfere: { never: 'what others do with a ticket cannot be read' },
      result: 'restored_unverified',
      onlyOnce,
    };
  });

const isThere = (event: unknown): boolean => event === 'ticket.open' || event === 'comment.add';

export const ticketsByWebhook = defineLab<WebhookTwin>({
  name: 'tickets by a webhook, which shows nothing',
  start: webhook.start,
  stop: webhook.stop,
  stackOver: (twin) => ({ topology: stackAt(webhook.fields(twin)), env: { ...WRITES, ...webhook.env } }),
  cases: {
    ticket_open: announced('ticket', ONLY_ONCE, () => ({ title: 'The disk is full' })),
    ticket_comment: announced('comment', 'a key writes one comment', (key) => ({ ticket: key })),
  },
});
