import { ToolError } from '../../../toolset/errors.ts';
import type { HttpClient } from '../../../toolset/http/client.ts';
import { wasRedirected } from '../../../toolset/http/failure.ts';
import type { Ticket } from '../ticket.ts';
import {
  type Listed,
  notThere,
  type StoredComment,
  type StoredTicket,
  type TrackerReading,
} from '../tracker.ts';
import {
  commentPage,
  hasLabel,
  Issue,
  idOf,
  issuePage,
  issuesAt,
  MOST_PAGES,
  NUMBER,
  PER_PAGE,
  type Place,
  stored,
} from './github-api.ts';

/**
 * Issues of one repository that carry the label. Pull requests do not exist here.
 *
 * @see https://docs.github.com/en/rest/issues (API version 2022-11-28)
 */
export class GitHubReading implements TrackerReading {
  readonly #http: HttpClient;
  readonly #place: Place;

  constructor(http: HttpClient, place: Place) {
    this.#http = http;
    this.#place = place;
  }

  async list(state: 'open' | 'all', most: number, signal: AbortSignal): Promise<Listed<Ticket>> {
    const { label } = this.#place;
    const narrow = [['state', state] as const, ['labels', label] as const];
    const tickets: Ticket[] = [];
    for (let page = 1; page <= MOST_PAGES; page++) {
      const { issues, isLast } = await issuePage(this.#http, this.#place, narrow, page, signal);
      const reached = issues.filter((issue) => hasLabel(issue, this.#place));
      tickets.push(...reached.map((issue) => stored(issue).ticket));
      if (isLast || tickets.length > most)
        return { items: tickets.slice(0, most), more: tickets.length > most };
    }
    return { items: tickets, more: true };
  }

  async read(id: string, signal: AbortSignal, own?: string): Promise<StoredTicket> {
    return stored(await this.#issue(id, signal, own));
  }

  async recentComments(id: string, most: number, signal: AbortSignal): Promise<Listed<StoredComment>> {
    const { comments: total } = await this.#issue(id, signal);
    const last = Math.max(1, Math.ceil(total / PER_PAGE));
    const page = (number: number) => commentPage(this.#http, this.#place, id, number, signal);
    const before = last > 1 ? await page(last - 1) : [];
    const items = [...before, ...(await page(last))].slice(-most);
    return { items, more: total > items.length };
  }

  async #issue(id: string, signal: AbortSignal, own?: string): Promise<Issue> {
    if (!NUMBER.test(id)) throw notThere(id);
    const path = issuesAt(this.#place, id);
    const found = await this.#http.ask({ method: 'GET', path, answer: Issue }, signal).catch(notMoved);
    const isOwn = own !== undefined && idOf(found.user) === own;
    const isReached = hasLabel(found, this.#place) || isOwn;
    if (!isReached || found.pull_request !== undefined || String(found.number) !== id) throw notThere(id);
    return found;
  }
}

/** GitHub redirects to where a ticket was transferred to. That is no fault of the server's, so it counts as none. */
function notMoved(error: unknown): never {
  if (!wasRedirected(error)) throw error;
  throw new ToolError(
    'not_found',
    'the ticket was moved to another repository; or this one was, if ticket_list fails too: check repository',
  );
}
