import type { HttpClient } from '../../../toolset/http/client.ts';
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
  DONE_ID,
  FIELDS,
  Issue,
  idOf,
  isInProject,
  isKeyIn,
  PER_PAGE,
  type Place,
  search,
  stored,
} from './jira-api.ts';

/**
 * Issues of one project that carry the label, through the REST API 2, whose texts are wiki markup on Cloud too.
 *
 * @see https://developer.atlassian.com/cloud/jira/platform/rest/v2/
 * @see https://docs.atlassian.com/software/jira/docs/api/REST/9.12.0/
 */
export class JiraReading implements TrackerReading {
  readonly #http: HttpClient;
  readonly #place: Place;

  constructor(http: HttpClient, place: Place) {
    this.#http = http;
    this.#place = place;
  }

  async list(state: 'open' | 'all', most: number, signal: AbortSignal): Promise<Listed<Ticket>> {
    const { label } = this.#place;
    const clause = `labels = "${label}"${state === 'open' ? ` AND statusCategory != ${DONE_ID}` : ''}`;
    const asked = Math.min(most + 1, PER_PAGE);
    const { issues, more } = await search(this.#http, this.#place, clause, asked, signal);
    const reached = issues.filter(({ fields }) => fields.labels.includes(label));
    const items = reached.slice(0, most).map((issue) => stored(issue, this.#place).ticket);
    return { items, more: more || issues.length === asked };
  }

  async read(id: string, signal: AbortSignal, own?: string): Promise<StoredTicket> {
    if (!isKeyIn(this.#place, id)) throw notThere(id);
    const query = [['fields', FIELDS]] as const;
    const issue = await this.#http.ask({ method: 'GET', path: ['issue', id], query, answer: Issue }, signal);
    const isOwn = own !== undefined && idOf(issue.fields.creator) === own;
    const isReached = issue.fields.labels.includes(this.#place.label) || isOwn;
    if (!isReached || issue.key !== id || !isInProject(issue, this.#place)) throw notThere(id);
    return stored(issue, this.#place);
  }

  async recentComments(id: string, most: number, signal: AbortSignal): Promise<Listed<StoredComment>> {
    const { comments, total } = await commentPage(this.#http, id, [['orderBy', '-created']], signal);
    const items = comments.slice(0, most).reverse();
    return { items, more: total > items.length };
  }
}
