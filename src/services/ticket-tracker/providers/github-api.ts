import { z } from 'zod';
import type { HttpClient } from '../../../toolset/http/client.ts';
import type { Route } from '../../../toolset/http/routes.ts';
import type { StoredComment, StoredTicket } from '../tracker.ts';

export const User = z.object({ id: z.number().int(), login: z.string() });
/** An account that was deleted shows as null. */
const Author = User.nullable();
export const Issue = z.object({
  number: z.number().int(),
  title: z.string(),
  state: z.enum(['open', 'closed']),
  body: z.string().nullable(),
  user: Author,
  labels: z.array(z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)])),
  assignees: z.array(User).nullish(),
  comments: z.number().int(),
  created_at: z.string(),
  updated_at: z.string(),
  html_url: z.string(),
  pull_request: z.unknown().optional(),
});
export type Issue = z.output<typeof Issue>;
export const IssueComment = z.object({
  id: z.number().int(),
  /** Absent where the API sends another form of it. */
  body: z.string().default(''),
  user: Author,
  created_at: z.string(),
});

export const NUMBER = /^[1-9]\d{0,9}$/;
/** A comment's id outgrew ten digits. */
const COMMENT = /^[1-9]\d{0,18}$/;
export const PER_PAGE = 100;
/** Pages that are looked through: a thousand tickets or comments. */
export const MOST_PAGES = 10;
const GHOST = 'a deleted account';

/** The repository that everything stays in, and the label that a ticket must carry to be reached. */
export interface Place {
  readonly owner: string;
  readonly name: string;
  readonly label: string;
}

export const issuesAt = ({ owner, name }: Place, ...more: readonly string[]): readonly string[] => [
  'repos',
  owner,
  name,
  'issues',
  ...more,
];

/** GitHub knows a label in any case, and a repository has it in one. */
export const hasLabel = ({ labels }: Issue, { label }: Place): boolean =>
  labels.some((one) => one.toLowerCase() === label.toLowerCase());

/** All that a reading, or a writing, client may send. */
export function githubRoutes(place: Place, writes: boolean): readonly Route[] {
  const issues = issuesAt(place);
  const reads: Route[] = [
    ['GET', ...issues],
    ['GET', ...issues, NUMBER],
    ['GET', ...issues, NUMBER, 'comments'],
  ];
  if (!writes) return reads;
  return [
    ...reads,
    ['GET', 'user'],
    ['POST', ...issues],
    ['PATCH', ...issues, NUMBER],
    ['POST', ...issues, NUMBER, 'comments'],
    ['DELETE', ...issues, 'comments', COMMENT],
  ];
}

/** One page of a list of issues, the newest first. The API lists pull requests among them; they are dropped. */
export async function issuePage(
  http: HttpClient,
  place: Place,
  narrow: readonly (readonly [string, string])[],
  page: number,
  signal: AbortSignal,
): Promise<{ issues: Issue[]; isLast: boolean }> {
  const query = [
    ...narrow,
    ['sort', 'created'],
    ['direction', 'desc'],
    ['per_page', String(PER_PAGE)],
    ['page', String(page)],
  ] as const;
  const found = await http.ask(
    { method: 'GET', path: issuesAt(place), query, answer: z.array(Issue) },
    signal,
  );
  const issues = found.filter(({ pull_request: pull }) => pull === undefined);
  return { issues, isLast: found.length < PER_PAGE };
}

/** One page of a ticket's comments, the oldest first. */
export async function commentPage(
  http: HttpClient,
  place: Place,
  id: string,
  page: number,
  signal: AbortSignal,
): Promise<StoredComment[]> {
  const query = [
    ['per_page', String(PER_PAGE)],
    ['page', String(page)],
  ] as const;
  const path = issuesAt(place, id, 'comments');
  const found = await http.ask({ method: 'GET', path, query, answer: z.array(IssueComment) }, signal);
  return found.map(({ id: own, body, user, created_at }) => ({
    comment: { id: String(own), author: user?.login ?? GHOST, created_at, body },
    authorId: idOf(user),
  }));
}

export const idOf = (user: z.output<typeof Author>): string => String(user?.id ?? '');

export const stored = (issue: Issue): StoredTicket => ({
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
  assignees: (issue.assignees ?? []).map(idOf).sort(),
});
