import { expect, test } from 'vitest';
import { listApplications } from '../../src/services/argocd/tools/list-applications.ts';
import { listProjects } from '../../src/services/argocd/tools/list-projects.ts';
import { sync } from '../../src/services/argocd/tools/sync.ts';
import { callsOn } from '../services/argocd/attack.ts';
import { HELM_VALUE, SECRET_VALUE, useArgo } from '../services/argocd/fixture.ts';

/** Credentials that an application carries: in the repository's address, and in its parameters. */
const { twin, argo } = useArgo();

test('no tool shows a parameter, or the password in a repository’s address', async () => {
  const calls = { ...callsOn(argo(), 'orders') };
  const answers = [];
  for (const call of Object.values(calls)) answers.push(await call().catch(String));
  answers.push(
    await argo().read(listApplications, 'shop', {}),
    await argo().read(listProjects, undefined, {}),
  );
  const shown = JSON.stringify(answers);
  expect(shown).toContain('git.example/shop.git');
  for (const value of [HELM_VALUE, 'repo-pass', 'ada:', SECRET_VALUE, 'role-token-id'])
    expect(shown).not.toContain(value);
});

test('what is kept for the way back holds none', async () => {
  const { before, after } = await argo().write(sync, 'shop', { application: 'orders' });
  const kept = JSON.stringify([before, after]);
  expect(kept).toContain('history_id');
  for (const value of [HELM_VALUE, 'repo-pass', 'git.example']) expect(kept).not.toContain(value);
});

test('nor does a message that quotes the address, as those of Git do', async () => {
  const message = `ComparisonError: fatal: unable to access 'https://ada:repo-pass@git.example/shop.git/': 403`;
  const app = twin().state.app('orders');
  app.conditions.push({ type: 'ComparisonError', message });
  if (app.state) app.state.message = `${'x'.repeat(1_970)} ${message}`;
  const shown = JSON.stringify(await callsOn(argo(), 'orders').argocd_get_application());
  expect(shown).toContain('git.example/shop.git');
  for (const value of ['repo-pass', 'ada:']) expect(shown).not.toContain(value);
});

test('a message about a Secret that quotes it is not shown', async () => {
  twin().lie((_, answer) => {
    const resources = (
      answer as { status?: { operationState?: { syncResult?: { resources: Record<string, unknown>[] } } } }
    ).status?.operationState?.syncResult?.resources;
    for (const one of resources ?? [])
      if (one.kind === 'Secret') one.message = `invalid data ${SECRET_VALUE}`;
    return answer;
  });
  const { output } = await argo().write(sync, 'shop', { application: 'orders' });
  expect(output.resources.map(({ resource }) => resource)).toContain('Secret shop/db');
  expect(JSON.stringify(output)).not.toContain(SECRET_VALUE);
});
