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
 * TWIN of GitHub's REST API for the issues of one repository, API version 2022-11-28.
 *
 * - https://docs.github.com/en/rest/issues/issues
 * - https://docs.github.com/en/rest/issues/comments
 * - https://docs.github.com/en/rest/users/users#get-the-authenticated-user
 */
export interface GitHubTwin extends HttpTwin {
  readonly issues: GitHubIssue[];
  /** Opens an issue as somebody else, and returns its number. */
  openOther(more?: Partial<Omit<GitHubIssue, 'number' | 'comments'>>): number;
  /** Comments as somebody else. */
  commentOther(number: number, body?: string, user?: GitHubUser): number;
  /** Takes the right to set labels away: they are then dropped without a word. */
  dropLabels(): void;
}

export interface GitHubUser {
  readonly id: number;
  readonly login: string;
}
export interface GitHubIssue {
  readonly number: number;
  title: string;
  state: 'open' | 'closed';
  body: string | null;
  readonly user: GitHubUser | null;
  labels: string[];
  assignees: GitHubUser[];
  comments: { readonly id: number; body: string; readonly user: GitHubUser | null }[];
  readonly isPull: boolean;
}

export const GITHUB_TOKEN = 'github_pat_0123456789abcdef';
export const REPOSITORY = 'acme/shop';
export const BOT: GitHubUser = { id: 7, login: 'stackward-bot' };
export const ANN: GitHubUser = { id: 8, login: 'ann' };
const TIME = '2026-01-01T00:00:00Z';
const ISSUES = '/repos/acme/shop/issues';

export async function startGitHubTwin(): Promise<GitHubTwin> {
  const issues: GitHubIssue[] = [];
  let nextComment = 1000;
  let dropsLabels = false;
  const open = (issue: Omit<GitHubIssue, 'number' | 'comments'>): GitHubIssue => {
    const made = { ...issue, number: issues.length + 1, comments: [] };
    issues.push(made);
    return made;
  };
  const addComment = (issue: GitHubIssue, body: string, user: GitHubUser) => {
    nextComment += 1;
    const made = { id: nextComment, body, user };
    issue.comments.push(made);
    return made;
  };

  const twin = await startHttpTwin(['authorization', 'x-github-api-version'], (request) => {
    const { method, path, headers } = request;
    if (headers.accept !== 'application/vnd.github+json') throw new Strange('accept');
    if (headers['x-github-api-version'] !== '2022-11-28') throw new Strange('api version');
    if (headers['user-agent'] !== 'stackward') throw new Strange('user agent');
    if (headers.authorization !== `Bearer ${GITHUB_TOKEN}`)
      return { status: 401, json: { message: 'Bad credentials' } };
    if (method === 'GET' && path === '/user') return { status: 200, json: { ...BOT, type: 'User' } };
    if (path === ISSUES) return method === 'GET' ? list(request) : create(request);
    const comment = /\/comments\/(\d+)$/.exec(path)?.[1];
    if (comment && path === `${ISSUES}/comments/${comment}`) return deleteComment(request, Number(comment));
    const [, number, comments] = /^\/repos\/acme\/shop\/issues\/(\d+)(\/comments)?$/.exec(path) ?? [];
    if (!number) throw new Strange('unknown path');
    const issue = issues.find((one) => one.number === Number(number));
    if (!issue) return { status: 404, json: { message: 'Not Found' } };
    if (comments) return method === 'GET' ? listComments(request, issue) : createComment(request, issue);
    if (method === 'GET') return { status: 200, json: shown(issue) };
    return update(request, issue);
  });

  function list(request: TwinRequest): TwinAnswer {
    const known = ['state', 'labels', 'creator', 'sort', 'direction', 'per_page', 'page'];
    const get = queryOf(request, known);
    const [labels] = get('labels');
    const [creator] = get('creator');
    const [state = 'open'] = get('state');
    if (get('sort')[0] !== 'created' || get('direction')[0] !== 'desc') throw new Strange('order');
    const found = issues
      .toReversed()
      .filter(
        (one) =>
          (state === 'all' || one.state === state) &&
          (labels === undefined || hasAll(one, labels.split(','))) &&
          (creator === undefined || one.user?.login === creator),
      );
    return { status: 200, json: paged(found, get).map(shown) };
  }
  function create({ method, json }: TwinRequest): TwinAnswer {
    if (method !== 'POST') throw new Strange(method);
    const { title, body, labels } = fieldsOf(json, ['title', 'body', 'labels']);
    const made = open({
      title: textOf(title, 256),
      body: textOf(body, 65_536),
      labels: dropsLabels || !Array.isArray(labels) ? [] : labels.map((label) => textOf(label, 50)),
      state: 'open',
      user: BOT,
      assignees: [],
      isPull: false,
    });
    return { status: 201, json: shown(made) };
  }
  function update({ method, json }: TwinRequest, issue: GitHubIssue): TwinAnswer {
    if (method !== 'PATCH') throw new Strange(method);
    const { state, state_reason } = fieldsOf(json, ['state', 'state_reason']);
    if (state !== 'closed' || state_reason !== 'not_planned') throw new Strange('state');
    issue.state = 'closed';
    return { status: 200, json: shown(issue) };
  }
  function listComments(request: TwinRequest, issue: GitHubIssue): TwinAnswer {
    const get = queryOf(request, ['per_page', 'page']);
    return { status: 200, json: paged(issue.comments, get).map(shownComment) };
  }
  function createComment({ method, json }: TwinRequest, issue: GitHubIssue): TwinAnswer {
    if (method !== 'POST') throw new Strange(method);
    const { body } = fieldsOf(json, ['body']);
    return { status: 201, json: shownComment(addComment(issue, textOf(body, 65_536), BOT)) };
  }
  function deleteComment({ method }: TwinRequest, id: number): TwinAnswer {
    if (method !== 'DELETE') throw new Strange(method);
    const issue = issues.find(({ comments }) => comments.some((one) => one.id === id));
    if (!issue) return { status: 404, json: { message: 'Not Found' } };
    issue.comments = issue.comments.filter((one) => one.id !== id);
    return { status: 204 };
  }

  return {
    ...twin,
    issues,
    openOther: (more = {}) =>
      open({
        title: 'of ann',
        body: 'text',
        labels: ['stackward'],
        state: 'open',
        user: ANN,
        assignees: [],
        isPull: false,
        ...more,
      }).number,
    commentOther: (number, body = 'I am on it', user = ANN) =>
      addComment(issues[number - 1] as GitHubIssue, body, user).id,
    dropLabels: () => {
      dropsLabels = true;
    },
  };
}

function paged<T>(all: readonly T[], get: (name: string) => string[]): readonly T[] {
  const [size, page] = [Number(get('per_page')[0] ?? 30), Number(get('page')[0] ?? 1)];
  if (!(size >= 1 && size <= 100 && page >= 1)) throw new Strange('page');
  return all.slice((page - 1) * size, page * size);
}

const shown = ({ comments, isPull, labels, ...issue }: GitHubIssue) => ({
  ...issue,
  id: 900 + issue.number,
  node_id: 'I_kw',
  labels: labels.map((name) => ({ id: 1, name, color: 'ededed' })),
  comments: comments.length,
  created_at: TIME,
  updated_at: TIME,
  html_url: `https://github.example/acme/shop/issues/${issue.number}`,
  ...(isPull ? { pull_request: { url: 'https://github.example/pr' } } : {}),
});

const shownComment = (comment: GitHubIssue['comments'][number]) => ({
  ...comment,
  node_id: 'IC_kw',
  created_at: TIME,
  updated_at: TIME,
});

/** GitHub knows a label in any case. */
const hasAll = ({ labels }: GitHubIssue, wanted: readonly string[]): boolean =>
  wanted.every((label) => labels.some((one) => one.toLowerCase() === label.toLowerCase()));
