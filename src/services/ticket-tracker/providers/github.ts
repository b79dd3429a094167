import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import type { HttpClient, HttpRequest } from '../../../toolset/http/client.ts';
import type { Route } from '../../../toolset/http/routes.ts';
import { lastLineOf } from '../ticket.ts';
import type { Listed, StoredComment, StoredTicket, Tracker } from '../tracker.ts';
import { markLineOf, markUpGitHub } from './github-markup.ts';

const User = z.object({ id: z.number().int(), login: z.string() });
/** An account that was deleted shows as null. */
const Author = User.nullable();
const Issue = z.object({
  number: z.number().int(),
  title: z.string(),
  state: z.enum(['open', 'closed']),
  body: z.string().nullable(),
  user: Author,
  labels: z.array(z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)])),
  assignees: z.array(User).default([]),
  comments: z.number().int(),
  created_at: z.string(),
  updated_at: z.string(),
  html_url: z.string(),
  pull_request: z.unknown().optional(),
});
type Issue = z.output<typeof Issue>;
const IssueComment = z.object({
  id: z.number().int(),
  body: z.string(),
  user: Author,
  created_at: z.string(),
});
const Comments = z.array(IssueComment);

const NUMBER = /^[1-9]\d{0,9}$/;
const PER_PAGE = 100;
/** Pages that are looked through for what a key made: the newest thousand. */
const MOST_PAGES = 10;
const GHOST = 'a deleted account';

/** The repository that everything stays in. */
export interface Repository {
  readonly owner: string;
  readonly name: string;
}

/** All that a reading, or a writing, client may send. */
export function githubRoutes({ owner, name }: Repository, writes: boolean): readonly Route[] {
  const issues = ['repos', owner, name, 'issues'] as const;
  const reads: Route[] = [
    ['GET', 'user'],
    ['GET', ...issues],
    ['GET', ...issues, NUMBER],
    ['GET', ...issues, NUMBER, 'comments'],
  ];
  if (!writes) return reads;
  return [
    ...reads,
    ['POST', ...issues],
    ['PATCH', ...issues, NUMBER],
    ['POST', ...issues, NUMBER, 'comments'],
    ['DELETE', ...issues, 'comments', NUMBER],
  ];
}

/**
 * Issues of one repository. Pull requests, which the API lists among them, do not exist here.
 *
 * @param label what a ticket must carry to be reached
 * @see https://docs.github.com/en/rest/issues (API version 2022-11-28)
 */
export function githubTracker(http: HttpClient, { owner, name }: Repository, label: string): Tracker {
  const at = (...more: readonly string[]) => ['repos', owner, name, 'issues', ...more];
  const ask = <T>(request: HttpRequest<T>, signal: AbortSignal) => http.ask(request, signal);

  async function page(narrow: readonly (readonly [string, string])[], number: number, signal: AbortSignal) {
    const query = [
      ...narrow,
      ['sort', 'created'],
      ['direction', 'desc'],
      ['per_page', String(PER_PAGE)],
      ['page', String(number)],
    ] as const;
    return ask({ method: 'GET', path: at(), query, answer: z.array(Issue) }, signal);
  }
  async function issue(id: string, signal: AbortSignal, own?: string): Promise<Issue> {
    if (!NUMBER.test(id)) throw notThere(id);
    const found = await ask({ method: 'GET', path: at(id), answer: Issue }, signal);
    const isReached = found.labels.includes(label) || (own !== undefined && idOf(found.user) === own);
    if (!isReached || found.pull_request !== undefined || String(found.number) !== id) throw notThere(id);
    return found;
  }
  async function commentPage(id: string, number: number, signal: AbortSignal): Promise<StoredComment[]> {
    const query = [
      ['per_page', String(PER_PAGE)],
      ['page', String(number)],
    ] as const;
    const found = await ask({ method: 'GET', path: at(id, 'comments'), query, answer: Comments }, signal);
    return found.map(storedComment);
  }

  return {
    async list(state, most, signal) {
      const tickets: StoredTicket[] = [];
      for (let number = 1; number <= MOST_PAGES; number++) {
        const found = await page(
          [
            ['state', state],
            ['labels', label],
          ],
          number,
          signal,
        );
        const reached = found.filter((one) => one.labels.includes(label) && one.pull_request === undefined);
        tickets.push(...reached.map(stored));
        if (found.length < PER_PAGE || tickets.length > most)
          return { items: tickets.slice(0, most).map(({ ticket }) => ticket), more: tickets.length > most };
      }
      return { items: tickets.map(({ ticket }) => ticket), more: true };
    },
    read: async (id, signal, own) => stored(await issue(id, signal, own)),
    async recentComments(id, most, signal): Promise<Listed<StoredComment>> {
      const { comments: total } = await issue(id, signal);
      const last = Math.max(1, Math.ceil(total / PER_PAGE));
      const before = last > 1 ? await commentPage(id, last - 1, signal) : [];
      const recent = [...before, ...(await commentPage(id, last, signal))].slice(-most);
      return { items: recent, more: total > recent.length };
    },
    async me(signal) {
      const { id, login } = await ask({ method: 'GET', path: ['user'], answer: User }, signal);
      return { id: String(id), name: login };
    },
    async marked(mark, me, signal) {
      for (let number = 1; number <= MOST_PAGES; number++) {
        const found = await page(
          [
            ['state', 'all'],
            ['creator', me.name],
          ],
          number,
          signal,
        );
        const made = found.find(
          (one) =>
            idOf(one.user) === me.id && one.pull_request === undefined && isMarked(one.body ?? '', mark),
        );
        if (made) return stored(made);
        if (found.length < PER_PAGE) return undefined;
      }
      return undefined;
    },
    async comments(id, signal) {
      const all: StoredComment[] = [];
      for (let number = 1; number <= MOST_PAGES; number++) {
        const found = await commentPage(id, number, signal);
        all.push(...found);
        if (found.length < PER_PAGE) return all;
      }
      throw new ToolError('conflict', `the ticket ${id} has over ${MOST_PAGES * PER_PAGE} comments`);
    },
    markUp: markUpGitHub,
    isMarked,
    async create({ title, body, labels }, signal) {
      const json = { title, body, labels: [...labels] };
      const made = await ask({ method: 'POST', path: at(), json, answer: Issue, writes: true }, signal);
      return String(made.number);
    },
    async close(id, signal) {
      const json = { state: 'closed', state_reason: 'not_planned' };
      await ask({ method: 'PATCH', path: at(id), json, answer: z.unknown(), writes: true }, signal);
    },
    async addComment(id, body, signal) {
      const path = at(id, 'comments');
      const made = await ask(
        { method: 'POST', path, json: { body }, answer: IssueComment, writes: true },
        signal,
      );
      return String(made.id);
    },
    async deleteComment(_ticket, id, signal) {
      const path = at('comments', id);
      await ask({ method: 'DELETE', path, answer: z.unknown(), writes: true }, signal);
    },
  };
}

const isMarked = (text: string, mark: string): boolean => lastLineOf(text) === markLineOf(mark);

const notThere = (id: string): ToolError =>
  new ToolError('not_found', `there is no ticket ${id} with the component’s label; ask ticket_list`);

const idOf = (user: z.output<typeof Author>): string => String(user?.id ?? '');

const stored = (issue: Issue): StoredTicket => ({
  ticket: {
    id: String(issue.number),
    title: issue.title,
    state: issue.state,
    labels: issue.labels,
    author: issue.user?.login ?? GHOST,
    created_at: issue.created_at,
    updated_at: issue.updated_at,
    url: issue.html_url,
  },
  body: issue.body ?? '',
  authorId: idOf(issue.user),
  isAssigned: issue.assignees.length > 0,
});

const storedComment = ({ id, body, user, created_at }: z.output<typeof IssueComment>): StoredComment => ({
  comment: { id: String(id), author: user?.login ?? GHOST, created_at, body },
  authorId: idOf(user),
});
