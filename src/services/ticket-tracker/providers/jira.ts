import { z } from 'zod';
import { ToolError } from '../../../toolset/errors.ts';
import type { HttpClient } from '../../../toolset/http/client.ts';
import { lastLineOf } from '../ticket.ts';
import {
  type Account,
  assertFits,
  type Draft,
  type StoredComment,
  type StoredTicket,
  type Tracker,
  tooManyComments,
} from '../tracker.ts';
import {
  commentPage,
  DONE,
  idOf,
  JiraComment,
  nameOf,
  PER_PAGE,
  type Place,
  search,
  stored,
  User,
} from './jira-api.ts';
import { markLineOf, markUpJira } from './jira-markup.ts';
import { JiraReading } from './jira-reading.ts';

const MOST_COMMENTS = 1000;
const Transitions = z.object({
  transitions: z.array(
    z.object({ id: z.string(), to: z.object({ statusCategory: z.object({ key: z.string() }) }) }),
  ),
});

/** Jira's side of the writes. Its API has no idempotency key, so a label of the key is looked for. */
export class JiraTracker implements Tracker {
  readonly reading: JiraReading;
  readonly markUp = markUpJira;
  readonly #http: HttpClient;
  readonly #place: Place;

  constructor(http: HttpClient, place: Place) {
    this.reading = new JiraReading(http, place);
    this.#http = http;
    this.#place = place;
  }

  async me(signal: AbortSignal): Promise<Account> {
    const user = await this.#http.ask({ method: 'GET', path: ['myself'], answer: User }, signal);
    return { id: idOf(user), name: nameOf(user) };
  }

  /** Anybody who edits an issue can put a label on it; who created it cannot be edited. */
  async marked(mark: string, me: Account, signal: AbortSignal): Promise<StoredTicket | undefined> {
    const label = markLabelOf(mark);
    const clause = `labels = "${label}"`;
    const { issues } = await search(this.#http, this.#place, clause, PER_PAGE, signal);
    const own = issues.find(({ fields }) => idOf(fields.creator) === me.id && fields.labels.includes(label));
    return own && stored(own, this.#place);
  }

  async comments(id: string, signal: AbortSignal): Promise<readonly StoredComment[]> {
    const all: StoredComment[] = [];
    while (all.length < MOST_COMMENTS) {
      const start = [['startAt', String(all.length)]] as const;
      const { comments, total } = await commentPage(this.#http, id, start, signal);
      all.push(...comments);
      assertFits(id, all);
      if (comments.length === 0 || all.length >= total) return all;
    }
    throw tooManyComments(id);
  }

  isMarked(text: string, mark: string): boolean {
    return lastLineOf(text).trim() === markLineOf(mark);
  }

  async create({ title, body, labels, mark }: Draft, signal: AbortSignal): Promise<string> {
    const fields = {
      project: { key: this.#place.project },
      issuetype: { name: this.#place.issueType },
      summary: title,
      description: body,
      labels: [...labels, markLabelOf(mark)],
    };
    const answer = z.object({ key: z.string() });
    const request = { method: 'POST', path: ['issue'], json: { fields }, answer, writes: true } as const;
    return (await this.#http.ask(request, signal)).key;
  }

  async closing(id: string, signal: AbortSignal): Promise<() => Promise<void>> {
    const path = ['issue', id, 'transitions'];
    const { transitions } = await this.#http.ask({ method: 'GET', path, answer: Transitions }, signal);
    const done = transitions.find(({ to }) => to.statusCategory.key === DONE);
    if (!done)
      throw new ToolError(
        'conflict',
        `the workflow of ${id} offers no way to a done status; close it by hand`,
      );
    const json = { transition: { id: done.id } };
    const request = { method: 'POST', path, json, answer: z.unknown(), writes: true } as const;
    return async () => void (await this.#http.ask(request, signal));
  }

  async addComment(id: string, body: string, signal: AbortSignal): Promise<string> {
    const path = ['issue', id, 'comment'];
    const request = { method: 'POST', path, json: { body }, answer: JiraComment, writes: true } as const;
    return (await this.#http.ask(request, signal)).id;
  }

  async deleteComment(ticket: string, id: string, signal: AbortSignal): Promise<void> {
    const path = ['issue', ticket, 'comment', id];
    await this.#http.ask({ method: 'DELETE', path, answer: z.unknown(), writes: true }, signal);
  }
}

/** Labels are what Jira can search for exactly. */
const markLabelOf = (mark: string): string => `stackward-${mark}`;
