import { z } from 'zod';
import type { HttpClient } from '../../../toolset/http/client.ts';
import type { Route } from '../../../toolset/http/routes.ts';
import type { StoredComment, StoredTicket } from '../tracker.ts';

/** Cloud names an account by accountId; Server and Data Center by key, which outlives a change of name. */
export const User = z.object({
  accountId: z.string().optional(),
  key: z.string().optional(),
  name: z.string().optional(),
  displayName: z.string().optional(),
});
type User = z.output<typeof User>;
export const Issue = z.object({
  key: z.string(),
  fields: z.object({
    summary: z.string(),
    description: z.string().nullish(),
    status: z.object({ statusCategory: z.object({ key: z.string() }) }),
    labels: z.array(z.string()).default([]),
    creator: User.nullish(),
    assignee: User.nullish(),
    project: z.object({ key: z.string() }),
    created: z.string(),
    updated: z.string(),
  }),
});
export type Issue = z.output<typeof Issue>;
const Found = z.object({ issues: z.array(Issue), nextPageToken: z.string().nullish() });
export const JiraComment = z.object({
  id: z.string(),
  body: z.string(),
  author: User.nullish(),
  created: z.string(),
});
const Comments = z.object({ comments: z.array(JiraComment), total: z.number().int() });

/** The fields of an issue that are asked for. */
export const FIELDS = 'summary,description,status,labels,creator,assignee,project,created,updated';
/** Key of the status category that every workflow ends in. */
export const DONE = 'done';
/** Its id for JQL, where the name is translated. */
export const DONE_ID = 3;
export const PER_PAGE = 100;
const COMMENT_ID = /^\d{1,19}$/;

/** Where tickets are in Jira. Everything in it is the topology's own, checked there to hold no quote. */
export interface Place {
  /** Base URL, for the address that a person opens. */
  readonly url: string;
  readonly edition: 'cloud' | 'server';
  readonly project: string;
  readonly issueType: string;
  /** What a ticket must carry to be reached. */
  readonly label: string;
}

export const isKeyIn = ({ project }: Place, key: string): boolean => keyIn(project).test(key);
const keyIn = (project: string): RegExp => new RegExp(`^${project}-[1-9]\\d{0,9}$`);

/** Cloud removed the older search in 2025; Server and Data Center have no other. */
const searchAt = ({ edition }: Place) => (edition === 'cloud' ? ['search', 'jql'] : ['search']);

/** All that a reading, or a writing, client may send. */
export function jiraRoutes(place: Place, writes: boolean): readonly Route[] {
  const key = keyIn(place.project);
  const reads: Route[] = [
    ['GET', ...searchAt(place)],
    ['GET', 'issue', key],
    ['GET', 'issue', key, 'comment'],
  ];
  if (!writes) return reads;
  return [
    ...reads,
    ['GET', 'myself'],
    ['POST', 'issue'],
    ['GET', 'issue', key, 'transitions'],
    ['POST', 'issue', key, 'transitions'],
    ['POST', 'issue', key, 'comment'],
    ['DELETE', 'issue', key, 'comment', COMMENT_ID],
  ];
}

/** The newest issues of the project that a clause of JQL matches. The clause holds no word of a caller. */
export async function search(
  http: HttpClient,
  place: Place,
  clause: string,
  most: number,
  signal: AbortSignal,
): Promise<{ issues: Issue[]; more: boolean }> {
  const query = [
    ['jql', `project = "${place.project}" AND ${clause} ORDER BY created DESC`],
    ['fields', FIELDS],
    ['maxResults', String(most)],
  ] as const;
  const path = searchAt(place);
  const found = await http.ask({ method: 'GET', path, query, answer: Found }, signal);
  const issues = found.issues.filter((issue) => isInProject(issue, place));
  // Cloud may send fewer than it was asked for, and says so by a token.
  return { issues, more: Boolean(found.nextPageToken) };
}

export async function commentPage(
  http: HttpClient,
  id: string,
  more: readonly (readonly [string, string])[],
  signal: AbortSignal,
): Promise<{ comments: StoredComment[]; total: number }> {
  const query = [['maxResults', String(PER_PAGE)], ...more] as const;
  const path = ['issue', id, 'comment'];
  const { comments, total } = await http.ask({ method: 'GET', path, query, answer: Comments }, signal);
  return { comments: comments.map(storedComment), total };
}

/** Whether an issue is of the project; a key that was moved answers with the issue of another. */
export const isInProject = ({ key, fields }: Issue, place: Place): boolean =>
  fields.project.key === place.project && isKeyIn(place, key);

export const idOf = (user: User | null | undefined): string =>
  user?.accountId ?? user?.key ?? user?.name ?? '';
export const nameOf = (user: User | null | undefined): string =>
  user?.displayName ?? user?.name ?? 'a deleted account';

export const stored = ({ key, fields }: Issue, { url }: Place): StoredTicket => ({
  ticket: {
    id: key,
    title: fields.summary,
    state: fields.status.statusCategory.key === DONE ? 'closed' : 'open',
    labels: fields.labels,
    author: nameOf(fields.creator),
    created_at: fields.created,
    updated_at: fields.updated,
    url: `${url.replace(/\/+$/, '')}/browse/${key}`,
  },
  body: fields.description ?? '',
  authorId: idOf(fields.creator),
  assignees: fields.assignee ? [idOf(fields.assignee)] : [],
});

const storedComment = ({ id, body, author, created }: z.output<typeof JiraComment>): StoredComment => ({
  comment: { id, author: nameOf(author), created_at: created, body },
  authorId: idOf(author),
});
