import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import type { HttpClient } from '../../../toolset/http/client.ts';
import type { Route } from '../../../toolset/http/routes.ts';
import { lastLineOf } from '../ticket.ts';
import type { StoredComment, StoredTicket, Tracker } from '../tracker.ts';
import { markLineOf, markUpJira } from './jira-markup.ts';

/** Cloud names an account by accountId; Server and Data Center by key, which outlives a change of name. */
const User = z.object({
  accountId: z.string().optional(),
  key: z.string().optional(),
  name: z.string().optional(),
  displayName: z.string().optional(),
});
type User = z.output<typeof User>;
const Issue = z.object({
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
type Issue = z.output<typeof Issue>;
const Found = z.object({ issues: z.array(Issue) });
const JiraComment = z.object({
  id: z.string(),
  body: z.string(),
  author: User.nullish(),
  created: z.string(),
});
const Comments = z.object({ comments: z.array(JiraComment), total: z.number().int() });
const Transitions = z.object({
  transitions: z.array(
    z.object({ id: z.string(), to: z.object({ statusCategory: z.object({ key: z.string() }) }) }),
  ),
});

const FIELDS = 'summary,description,status,labels,creator,assignee,project,created,updated';
const COMMENT_ID = /^\d{1,19}$/;
const PER_PAGE = 100;
const MOST_COMMENTS = 1000;
const DONE = 'done';

/** Where tickets are in Jira. Everything in it is the topology's own, checked there to hold no quote. */
export interface JiraPlace {
  /** Base URL, for the address that a person opens. */
  readonly url: string;
  readonly edition: 'cloud' | 'server';
  readonly project: string;
  readonly issueType: string;
  readonly label: string;
}

const keyOf = ({ project }: JiraPlace): RegExp => new RegExp(`^${project}-[1-9]\\d{0,9}$`);
/** Cloud removed the older search in 2025; Server and Data Center have no other. */
const searchOf = ({ edition }: JiraPlace) => (edition === 'cloud' ? ['search', 'jql'] : ['search']);

/** All that a reading, or a writing, client may send. */
export function jiraRoutes(place: JiraPlace, writes: boolean): readonly Route[] {
  const key = keyOf(place);
  const reads: Route[] = [
    ['GET', 'myself'],
    ['GET', ...searchOf(place)],
    ['GET', 'issue', key],
    ['GET', 'issue', key, 'comment'],
  ];
  if (!writes) return reads;
  return [
    ...reads,
    ['POST', 'issue'],
    ['GET', 'issue', key, 'transitions'],
    ['POST', 'issue', key, 'transitions'],
    ['POST', 'issue', key, 'comment'],
    ['DELETE', 'issue', key, 'comment', COMMENT_ID],
  ];
}

/**
 * Issues of one project, through the REST API 2, whose texts are wiki markup on Cloud too.
 *
 * @see https://developer.atlassian.com/cloud/jira/platform/rest/v2/
 * @see https://docs.atlassian.com/software/jira/docs/api/REST/9.12.0/
 */
export function jiraTracker(http: HttpClient, place: JiraPlace): Tracker {
  const { project, label, issueType } = place;
  async function search(jql: string, most: number, signal: AbortSignal): Promise<Issue[]> {
    const query = [
      ['jql', `project = "${project}" AND ${jql} ORDER BY created DESC`],
      ['fields', FIELDS],
      ['maxResults', String(most)],
    ] as const;
    const { issues } = await http.ask({ method: 'GET', path: searchOf(place), query, answer: Found }, signal);
    return issues.filter((issue) => isInProject(issue, place));
  }
  async function commentPage(id: string, more: readonly (readonly [string, string])[], signal: AbortSignal) {
    const query = [['maxResults', String(PER_PAGE)], ...more] as const;
    return http.ask({ method: 'GET', path: ['issue', id, 'comment'], query, answer: Comments }, signal);
  }

  return {
    async list(state, most, signal) {
      const open = state === 'open' ? ` AND statusCategory != ${JSON.stringify('Done')}` : '';
      const found = (await search(`labels = "${label}"${open}`, Math.min(most + 1, PER_PAGE), signal)).filter(
        (issue) => issue.fields.labels.includes(label),
      );
      const items = found.slice(0, most).map((issue) => stored(issue, place).ticket);
      return { items, more: found.length > items.length || found.length === PER_PAGE };
    },
    async read(id, signal, own) {
      if (!keyOf(place).test(id)) throw notThere(id);
      const query = [['fields', FIELDS]] as const;
      const issue = await http.ask({ method: 'GET', path: ['issue', id], query, answer: Issue }, signal);
      const isReached =
        issue.fields.labels.includes(label) || (own !== undefined && idOf(issue.fields.creator) === own);
      // A key that was moved answers with the issue of another project.
      if (!isReached || issue.key !== id || !isInProject(issue, place)) throw notThere(id);
      return stored(issue, place);
    },
    async recentComments(id, most, signal) {
      const { comments, total } = await commentPage(id, [['orderBy', '-created']], signal);
      const items = comments.map(storedComment).slice(0, most).reverse();
      return { items, more: total > items.length };
    },
    async me(signal) {
      const user = await http.ask({ method: 'GET', path: ['myself'], answer: User }, signal);
      return { id: idOf(user), name: nameOf(user) };
    },
    async marked(mark, me, signal) {
      const found = await search(`labels = "${markLabelOf(mark)}"`, PER_PAGE, signal);
      // Anybody who edits an issue can put a label on it; who created it cannot be edited.
      const own = found.find(
        ({ fields }) => idOf(fields.creator) === me.id && fields.labels.includes(markLabelOf(mark)),
      );
      return own && stored(own, place);
    },
    async comments(id, signal) {
      const all: StoredComment[] = [];
      while (all.length < MOST_COMMENTS) {
        const { comments, total } = await commentPage(id, [['startAt', String(all.length)]], signal);
        all.push(...comments.map(storedComment));
        if (comments.length === 0 || all.length >= total) return all;
      }
      throw new ToolError('conflict', `the ticket ${id} has over ${MOST_COMMENTS} comments`);
    },
    markUp: markUpJira,
    isMarked: (text, mark) => lastLineOf(text).trim() === markLineOf(mark),
    async create({ title, body, labels, mark }, signal) {
      const fields = {
        project: { key: project },
        issuetype: { name: issueType },
        summary: title,
        description: body,
        labels: [...labels, markLabelOf(mark)],
      };
      const answer = z.object({ key: z.string() });
      const made = await http.ask(
        { method: 'POST', path: ['issue'], json: { fields }, answer, writes: true },
        signal,
      );
      return made.key;
    },
    async close(id, signal) {
      const path = ['issue', id, 'transitions'];
      const { transitions } = await http.ask({ method: 'GET', path, answer: Transitions }, signal);
      const done = transitions.find(({ to }) => to.statusCategory.key === DONE);
      if (!done)
        throw new ToolError(
          'conflict',
          `the workflow of ${id} offers no way to a done status; close it by hand`,
        );
      const json = { transition: { id: done.id } };
      await http.ask({ method: 'POST', path, json, answer: z.unknown(), writes: true }, signal);
    },
    async addComment(id, body, signal) {
      const path = ['issue', id, 'comment'];
      const made = await http.ask(
        { method: 'POST', path, json: { body }, answer: JiraComment, writes: true },
        signal,
      );
      return made.id;
    },
    async deleteComment(ticket, id, signal) {
      const path = ['issue', ticket, 'comment', id];
      await http.ask({ method: 'DELETE', path, answer: z.unknown(), writes: true }, signal);
    },
  };
}

/** Labels are what Jira can search for exactly. */
const markLabelOf = (mark: string): string => `stackward-${mark}`;

const notThere = (id: string): ToolError =>
  new ToolError('not_found', `there is no ticket ${id} with the component’s label; ask ticket_list`);

const isInProject = ({ key, fields }: Issue, place: JiraPlace): boolean =>
  fields.project.key === place.project && keyOf(place).test(key);

const idOf = (user: User | null | undefined): string => user?.accountId ?? user?.key ?? user?.name ?? '';
const nameOf = (user: User | null | undefined): string =>
  user?.displayName ?? user?.name ?? 'a deleted account';

const stored = ({ key, fields }: Issue, { url }: JiraPlace): StoredTicket => ({
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
  isAssigned: Boolean(fields.assignee),
});

const storedComment = ({ id, body, author, created }: z.output<typeof JiraComment>): StoredComment => ({
  comment: { id, author: nameOf(author), created_at: created, body },
  authorId: idOf(author),
});
