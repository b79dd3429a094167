import { z } from 'zod';
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
  Issue,
  IssueComment,
  idOf,
  issuePage,
  issuesAt,
  MOST_PAGES,
  PER_PAGE,
  type Place,
  stored,
  User,
} from './github-api.ts';
import { markLineOf, markUpGitHub } from './github-markup.ts';
import { GitHubReading } from './github-reading.ts';

/** GitHub's side of the writes. Its API has no idempotency key, so a mark in the text is looked for. */
export class GitHubTracker implements Tracker {
  readonly reading: GitHubReading;
  readonly markUp = markUpGitHub;
  readonly #http: HttpClient;
  readonly #place: Place;

  constructor(http: HttpClient, place: Place) {
    this.reading = new GitHubReading(http, place);
    this.#http = http;
    this.#place = place;
  }

  async me(signal: AbortSignal): Promise<Account> {
    const { id, login } = await this.#http.ask({ method: 'GET', path: ['user'], answer: User }, signal);
    return { id: String(id), name: login };
  }

  /** Looks through the newest thousand of the account; by author, since labels may have been dropped. */
  async marked(mark: string, me: Account, signal: AbortSignal): Promise<StoredTicket | undefined> {
    const narrow = [['state', 'all'] as const, ['creator', me.name] as const];
    for (let page = 1; page <= MOST_PAGES; page++) {
      const { issues, isLast } = await issuePage(this.#http, this.#place, narrow, page, signal);
      const made = issues.find(({ user, body }) => idOf(user) === me.id && this.isMarked(body ?? '', mark));
      if (made) return stored(made);
      if (isLast) return undefined;
    }
    return undefined;
  }

  async comments(id: string, signal: AbortSignal): Promise<readonly StoredComment[]> {
    const all: StoredComment[] = [];
    for (let page = 1; page <= MOST_PAGES; page++) {
      const found = await commentPage(this.#http, this.#place, id, page, signal);
      all.push(...found);
      assertFits(id, all);
      if (found.length < PER_PAGE) return all;
    }
    throw tooManyComments(id);
  }

  isMarked(text: string, mark: string): boolean {
    return lastLineOf(text) === markLineOf(mark);
  }

  async create({ title, body, labels }: Draft, signal: AbortSignal): Promise<string> {
    const json = { title, body, labels: [...labels] };
    const path = issuesAt(this.#place);
    const made = await this.#http.ask({ method: 'POST', path, json, answer: Issue, writes: true }, signal);
    return String(made.number);
  }

  async closing(id: string, signal: AbortSignal): Promise<() => Promise<void>> {
    const json = { state: 'closed', state_reason: 'not_planned' };
    const path = issuesAt(this.#place, id);
    const request = { method: 'PATCH', path, json, answer: z.unknown(), writes: true } as const;
    return async () => void (await this.#http.ask(request, signal));
  }

  async addComment(id: string, body: string, signal: AbortSignal): Promise<string> {
    const path = issuesAt(this.#place, id, 'comments');
    const request = { method: 'POST', path, json: { body }, answer: IssueComment, writes: true } as const;
    return String((await this.#http.ask(request, signal)).id);
  }

  async deleteComment(_ticket: string, id: string, signal: AbortSignal): Promise<void> {
    const path = issuesAt(this.#place, 'comments', id);
    await this.#http.ask({ method: 'DELETE', path, answer: z.unknown(), writes: true }, signal);
  }
}
