import {
  fieldsOf,
  type HttpTwin,
  queryOf,
  Strange,
  startHttpTwin,
  type TwinAnswer,
  type TwinRequest,
  textOf,
} from './http-twin.ts';

/**
 * TWIN of Jira's REST API 2 for one project SHOP and a project FIN beside it: Cloud, with `search/jql` and account
 * ids, or Server 9.12, with `search` and names.
 *
 * - https://developer.atlassian.com/cloud/jira/platform/rest/v2/
 * - https://docs.atlassian.com/software/jira/docs/api/REST/9.12.0/
 */
export interface JiraTwin extends HttpTwin {
  readonly issues: JiraIssue[];
  /** Opens an issue as somebody else, and returns its key. */
  openOther(more?: Partial<Omit<JiraIssue, 'comments'>>): string;
  /** Comments as somebody else, and returns the comment's id. */
  commentOther(key: string, body?: string): string;
  /** Moves an issue to another key; the old one leads there, as Jira does it. */
  move(key: string, to: string): void;
  get(key: string): JiraIssue | undefined;
  /** Keeps new issues out of the search until `settle`. */
  lag(): void;
  settle(): void;
  /** Leaves the workflow without a way to a done status. */
  blockWorkflow(): void;
}

export interface JiraIssue {
  key: string;
  summary: string;
  description: string | null;
  done: boolean;
  labels: string[];
  creator: string;
  assignee: string | null;
  comments: { readonly id: string; body: string; readonly author: string }[];
}

export const JIRA_USER = 'bot@acme.example';
export const JIRA_PASSWORD = 'ATATT3xFfGF0';
const TIME = '2026-01-01T00:00:00.000+0000';
const JQL =
  /^project = "(?<project>[A-Z]+)" AND labels = "(?<label>[^"]+)"(?<open> AND statusCategory != 3)? ORDER BY created DESC$/;
const FIELDS = 'summary,description,status,labels,creator,assignee,project,created,updated';

export async function startJiraTwin(edition: 'cloud' | 'server'): Promise<JiraTwin> {
  const issues: JiraIssue[] = [];
  let nextComment = 10_000;
  let hidden: Set<string> | undefined;
  let isBlocked = false;
  const userOf = (name: string) =>
    edition === 'cloud'
      ? { accountId: `id:${name}`, displayName: name, accountType: 'atlassian' }
      : { key: `JIRAUSER-${name}`, name, displayName: name };
  const moved = new Map<string, string>();
  const get = (key: string) => issues.find((one) => one.key === (moved.get(key) ?? key));
  const addComment = (issue: JiraIssue, body: string, author: string) => {
    nextComment += 1;
    const made = { id: String(nextComment), body, author };
    issue.comments.push(made);
    return made;
  };
  const shown = (issue: JiraIssue) => ({
    id: '1',
    self: 'x',
    key: issue.key,
    fields: {
      summary: issue.summary,
      description: issue.description,
      status: { name: 'x', statusCategory: { id: 2, key: issue.done ? 'done' : 'new' } },
      labels: issue.labels,
      creator: userOf(issue.creator),
      assignee: issue.assignee === null ? null : userOf(issue.assignee),
      project: { key: issue.key.split('-')[0], name: 'x' },
      created: TIME,
      updated: TIME,
    },
  });
  const shownComment = ({ author, ...comment }: JiraIssue['comments'][number]) => ({
    ...comment,
    self: 'x',
    author: userOf(author),
    created: TIME,
    updated: TIME,
  });

  const basic = `Basic ${Buffer.from(`${JIRA_USER}:${JIRA_PASSWORD}`).toString('base64')}`;
  const twin = await startHttpTwin(['authorization'], (request) => {
    const { method, headers } = request;
    if (headers.authorization !== basic) return { status: 401, text: 'Client must be authenticated' };
    const [, path] = /^\/rest\/api\/2\/(.*)$/.exec(request.path) ?? [];
    if (path === 'myself' && method === 'GET') return { status: 200, json: userOf('bot') };
    if (path === 'search' || path === 'search/jql') return search(request, path);
    if (path === 'issue' && method === 'POST') return create(request);
    const [, key = '', rest = ''] = /^issue\/([A-Z]+-\d+)(?:\/(.+))?$/.exec(path ?? '') ?? [];
    if (key === '') throw new Strange('unknown path');
    const issue = get(key);
    if (!issue) return { status: 404, json: { errorMessages: ['Issue does not exist'], errors: {} } };
    if (rest === '' && method === 'GET') {
      if (queryOf(request, ['fields'])('fields')[0] !== FIELDS) throw new Strange('fields');
      return { status: 200, json: shown(issue) };
    }
    if (rest === 'transitions') return transition(request, issue);
    if (rest === 'comment') return method === 'GET' ? listComments(request, issue) : comment(request, issue);
    const [, id] = /^comment\/(\d+)$/.exec(rest) ?? [];
    if (id === undefined || method !== 'DELETE') throw new Strange('unknown path');
    if (!issue.comments.some((one) => one.id === id)) return { status: 404, json: { errorMessages: [] } };
    issue.comments = issue.comments.filter((one) => one.id !== id);
    return { status: 204 };
  });

  function search(request: TwinRequest, path: string): TwinAnswer {
    if (request.method !== 'GET') throw new Strange(request.method);
    // Cloud answers the older search with 410 since 2025.
    if (path === 'search' && edition === 'cloud')
      return { status: 410, json: { errorMessages: ['removed'] } };
    if (path === 'search/jql' && edition === 'server') return { status: 404, json: {} };
    const param = queryOf(request, ['jql', 'fields', 'maxResults']);
    const { project, label, open } = JQL.exec(param('jql')[0] ?? '')?.groups ?? {};
    if (!project || !label || param('fields')[0] !== FIELDS) throw new Strange('jql');
    const found = issues
      .filter(
        (one) =>
          one.key.startsWith(`${project}-`) &&
          one.labels.includes(label) &&
          !(open && one.done) &&
          !hidden?.has(one.key),
      )
      .toReversed();
    const json = { issues: found.slice(0, Number(param('maxResults')[0])).map(shown) };
    return {
      status: 200,
      json: edition === 'cloud' ? cloudPage(json, found.length) : { ...json, total: found.length },
    };
  }
  function create({ json }: TwinRequest): TwinAnswer {
    const { fields } = fieldsOf(json, ['fields']);
    const given = fieldsOf(fields, ['project', 'issuetype', 'summary', 'description', 'labels']);
    if (fieldsOf(given.project, ['key']).key !== 'SHOP') throw new Strange('project');
    if (fieldsOf(given.issuetype, ['name']).name !== 'Bug')
      return {
        status: 400,
        json: { errorMessages: [], errors: { issuetype: 'Specify a valid issue type' } },
      };
    const labels = (given.labels as unknown[]).map((label) => textOf(label, 255));
    if (labels.some((label) => label.includes(' '))) throw new Strange('a label with a space');
    const issue = {
      key: `SHOP-${issues.length + 1}`,
      summary: textOf(given.summary, 255),
      description: textOf(given.description, 32_767),
      done: false,
      labels,
      creator: 'bot',
      assignee: null,
      comments: [],
    };
    issues.push(issue);
    hidden?.add(issue.key);
    return { status: 201, json: { id: '1', key: issue.key, self: 'x' } };
  }
  function transition({ method, json }: TwinRequest, issue: JiraIssue): TwinAnswer {
    if (method === 'GET') {
      const to = (key: string) => ({ name: key, statusCategory: { key } });
      const transitions = [{ id: '11', name: 'Start', to: to('indeterminate') }];
      if (!isBlocked) transitions.push({ id: '31', name: 'Close', to: to('done') });
      return { status: 200, json: { expand: 'transitions', transitions } };
    }
    if (method !== 'POST') throw new Strange(method);
    const { id } = fieldsOf(fieldsOf(json, ['transition']).transition, ['id']);
    if (id !== '31') throw new Strange('transition');
    issue.done = true;
    return { status: 204 };
  }
  function listComments(request: TwinRequest, issue: JiraIssue): TwinAnswer {
    const param = queryOf(request, ['startAt', 'maxResults', 'orderBy']);
    const [order] = param('orderBy');
    if (order !== undefined && order !== '-created') throw new Strange('orderBy');
    const all = order ? issue.comments.toReversed() : issue.comments;
    const start = Number(param('startAt')[0] ?? 0);
    const comments = all.slice(start, start + Number(param('maxResults')[0] ?? 50)).map(shownComment);
    return { status: 200, json: { comments, startAt: start, maxResults: 100, total: all.length } };
  }
  function comment({ method, json }: TwinRequest, issue: JiraIssue): TwinAnswer {
    if (method !== 'POST') throw new Strange(method);
    const body = textOf(fieldsOf(json, ['body']).body, 32_767);
    return { status: 201, json: shownComment(addComment(issue, body, 'bot')) };
  }

  return {
    ...twin,
    issues,
    get,
    openOther: (more = {}) => {
      const key = `SHOP-${issues.length + 1}`;
      const issue = { summary: 'of ann', description: 'text', labels: ['stackward'], creator: 'ann' };
      issues.push({ key, done: false, assignee: null, comments: [], ...issue, ...more });
      return more.key ?? key;
    },
    commentOther: (key, body = 'I am on it') => addComment(get(key) as JiraIssue, body, 'ann').id,
    move: (key, to) => {
      Object.assign(get(key) as JiraIssue, { key: to });
      moved.set(key, to);
    },
    lag: () => {
      hidden = new Set();
    },
    settle: () => {
      hidden = undefined;
    },
    blockWorkflow: () => {
      isBlocked = true;
    },
  };
}

/** A page of Cloud's search, which says by a token that there is more. */
const cloudPage = (json: { issues: readonly unknown[] }, found: number) =>
  json.issues.length < found ? { ...json, nextPageToken: 'CAEaAggD' } : { ...json, isLast: true };
