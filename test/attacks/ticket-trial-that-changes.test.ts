import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { githubCase, jiraCase, type TrackerCase } from '../services/ticket-tracker/lab.ts';
import { GITHUB_TOKEN, REPOSITORY } from '../twins/github-issues.ts';
import { JIRA_PASSWORD, JIRA_USER } from '../twins/jira.ts';
import { openPrecheckLab, type PrecheckLab } from '../versions/precheck-lab.ts';

const TRACKERS = [
  [
    'GitHub',
    githubCase,
    (url: string) =>
      `provider: github, url: ${url}, repository: ${REPOSITORY}, credentials: {token: {env: TOKEN}}`,
  ],
  [
    'Jira',
    () => jiraCase('cloud'),
    (url: string) =>
      `provider: jira, edition: cloud, url: ${url}, project: SHOP, issue_type: Bug, credentials: {user: ${JIRA_USER}, password: {env: JIRA}}`,
  ],
] as const;

/** A way back that is tried runs its own code, which ends in closing a ticket or deleting a comment. */
describe.each(TRACKERS)('trying a way back on %s', (_name, start, fieldsAt) => {
  let tracker: TrackerCase;
  let lab: PrecheckLab;
  beforeEach(async () => {
    tracker = await start();
    lab = await openPrecheckLab(
      `type: ticket-tracker, label: stackward, ${fieldsAt(tracker.twin.url)}`,
      'files',
      { TOKEN: GITHUB_TOKEN, JIRA: JIRA_PASSWORD },
    );
  });
  afterEach(async () => {
    await lab.close();
    await tracker.twin.close();
    expect(tracker.twin.violations).toEqual([]);
  });

  test('of a ticket sends GET alone', async () => {
    await leavesAlone(await lab.written('ticket_open', { idempotency_key: 'one', title: 'A', body: 'b' }));
  });

  test('of a comment sends GET alone, and so does trying to make it again', async () => {
    const ticket = tracker.openOther({ title: 'theirs', labels: ['stackward'] });
    const to = await lab.written('ticket_comment', { ticket, idempotency_key: 'two', body: 'text' });
    await leavesAlone(to);
    await leavesAlone(await lab.back(to));
  });

  async function leavesAlone(to: number): Promise<void> {
    const left = structuredClone(tracker.state());
    tracker.twin.forget();
    const { obstacles, steps } = await lab.plan(to);
    expect({ obstacles, steps: steps.length }).toEqual({ obstacles: [], steps: 1 });
    expect(tracker.twin.requests.length).toBeGreaterThan(0);
    for (const { method } of tracker.twin.requests) expect(method).toBe('GET');
    expect(tracker.state()).toEqual(left);
  }
});
