import { expect } from 'vitest';
import { Secret } from '../../../src/secrets/secret.ts';
import { connector } from '../../../src/services/ticket-tracker/connect.ts';
import { ticketTracker } from '../../../src/services/ticket-tracker/service.ts';
import { openToolLab } from '../../harness/tool-lab.ts';
import { GITHUB_TOKEN, type GitHubTwin, REPOSITORY, startGitHubTwin } from '../../twins/github-issues.ts';
import type { HttpTwin } from '../../twins/http-twin.ts';
import { JIRA_PASSWORD, JIRA_USER, type JiraTwin, startJiraTwin } from '../../twins/jira.ts';
import { HOOK_SECRET, HOOK_TOKEN } from '../../twins/webhook.ts';

type Connection = Parameters<typeof connector.openReader>[0]['connection'];

/** A component of type ticket-tracker, whose tools run through clients of the real connector. */
export const openTickets = (connection: Connection) =>
  openToolLab({ connector, connection, subs: {}, limits: ticketTracker.limits, component: 'tracker' });
export type TicketLab = ReturnType<typeof openTickets>;

const COMMON = { label: 'stackward', labels: ['incident', 'db'] };

export const githubAt = (url: string, token = GITHUB_TOKEN): Connection => ({
  ...COMMON,
  provider: 'github',
  url,
  repository: REPOSITORY,
  credentials: { token: new Secret('token', token) },
});
export const jiraAt = (url: string, edition: 'cloud' | 'server', password = JIRA_PASSWORD): Connection => ({
  ...COMMON,
  provider: 'jira',
  url,
  edition,
  project: 'SHOP',
  issue_type: 'Bug',
  credentials: { user: JIRA_USER, password: new Secret('password', password) },
});
export const webhookAt = (url: string): Connection => ({
  ...COMMON,
  provider: 'webhook',
  url,
  credentials: { token: new Secret('token', HOOK_TOKEN) },
  signing_secret: new Secret('signing_secret', HOOK_SECRET),
});

/** One tracker that can be read, and what tests do to it behind Stackward's back. */
export interface TrackerCase {
  readonly twin: HttpTwin;
  readonly lab: TicketLab;
  /** Another component with other credentials, which are wrong. */
  readonly stranger: TicketLab;
  /** Everything that matters of every ticket. */
  state(): unknown;
  openTickets(): number;
  bodies(id: string): { ticket: string; comments: string[] };
  openOther(more?: { title?: string; body?: string; labels?: string[] }): string;
  /** Comments as somebody else, and returns the comment's id. */
  commentOther(id: string, body?: string): string;
  /** Takes every label away. */
  unlabel(id: string): void;
  assign(id: string): void;
  retitle(id: string): void;
  rewrite(id: string): void;
  close(id: string): void;
  editComment(id: string, comment: string): void;
  /** Opens a ticket as our own account. */
  openOwn(more: { title?: string; body?: string; labels?: string[] }): string;
}

export async function githubCase(): Promise<TrackerCase & { twin: GitHubTwin }> {
  const twin = await startGitHubTwin();
  const at = (id: string) => twin.issues[Number(id) - 1] as GitHubTwin['issues'][number];
  return {
    twin,
    lab: openTickets(githubAt(twin.url)),
    stranger: openTickets(githubAt(twin.url, 'wrong')),
    state: () => structuredClone(twin.issues),
    openTickets: () => twin.issues.filter(({ state }) => state === 'open').length,
    bodies: (id) => ({ ticket: at(id).body ?? '', comments: at(id).comments.map(({ body }) => body) }),
    openOther: (more) => String(twin.openOther(more)),
    openOwn: (more) => String(twin.openOther({ user: { id: 7, login: 'stackward-bot' }, ...more })),
    commentOther: (id, body) => String(twin.commentOther(Number(id), body)),
    unlabel: (id) => void Object.assign(at(id), { labels: [] }),
    assign: (id) => void at(id).assignees.push({ id: 8, login: 'ann' }),
    retitle: (id) => void Object.assign(at(id), { title: 'changed' }),
    rewrite: (id) => void Object.assign(at(id), { body: `changed ${at(id).body}` }),
    close: (id) => void Object.assign(at(id), { state: 'closed' }),
    editComment: (id, comment) => {
      for (const one of at(id).comments) if (String(one.id) === comment) one.body = `changed ${one.body}`;
    },
  };
}

export async function jiraCase(edition: 'cloud' | 'server'): Promise<TrackerCase & { twin: JiraTwin }> {
  const twin = await startJiraTwin(edition);
  const at = (id: string) => twin.get(id) as JiraTwin['issues'][number];
  const renamed = ({ title, body, labels }: { title?: string; body?: string; labels?: string[] } = {}) => ({
    ...(title === undefined ? {} : { summary: title }),
    ...(body === undefined ? {} : { description: body }),
    ...(labels === undefined ? {} : { labels }),
  });
  return {
    twin,
    lab: openTickets(jiraAt(twin.url, edition)),
    stranger: openTickets(jiraAt(twin.url, edition, 'wrong')),
    state: () => structuredClone(twin.issues),
    openTickets: () => twin.issues.filter(({ done }) => !done).length,
    bodies: (id) => ({ ticket: at(id).description ?? '', comments: at(id).comments.map(({ body }) => body) }),
    openOther: (more) => twin.openOther(renamed(more)),
    openOwn: (more) => twin.openOther({ creator: 'bot', ...renamed(more) }),
    commentOther: (id, body) => twin.commentOther(id, body),
    unlabel: (id) => void Object.assign(at(id), { labels: [] }),
    assign: (id) => void Object.assign(at(id), { assignee: 'ann' }),
    retitle: (id) => void Object.assign(at(id), { summary: 'changed' }),
    rewrite: (id) => void Object.assign(at(id), { description: `changed ${at(id).description}` }),
    close: (id) => void Object.assign(at(id), { done: true }),
    editComment: (id, comment) => {
      for (const one of at(id).comments) if (one.id === comment) one.body = `changed ${one.body}`;
    },
  };
}

/** The trackers that can be read; each is started anew for a file. */
export const CASES: readonly (readonly [string, () => Promise<TrackerCase>])[] = [
  ['GitHub', githubCase],
  ['Jira Cloud', () => jiraCase('cloud')],
  ['Jira Server', () => jiraCase('server')],
];

let drafts = 0;
/** A ticket under a key that no other test uses. */
export function someTicket(more: object = {}) {
  drafts += 1;
  return {
    idempotency_key: `orders-db.full:${process.pid}-${drafts}`,
    title: 'The disk of orders-db is full',
    body: 'no space left\nsince 12:00',
    labels: ['db'],
    ...more,
  };
}

export function someComment(ticket: string, more: object = {}) {
  const { idempotency_key, body } = someTicket();
  return { ticket, idempotency_key, body, ...more };
}

/** Everything that was sent was something that the real server knows. */
export const expectStrict = (twin: HttpTwin) => expect(twin.violations).toEqual([]);
