import { deployIrreversibly } from './deploy-irreversibly.ts';
import { diff } from './diff.ts';
import { events } from './events.ts';
import { getApplication } from './get-application.ts';
import { history } from './history.ts';
import { listApplications } from './list-applications.ts';
import { listProjects } from './list-projects.ts';
import { logs } from './logs.ts';
import { pauseAutoSync } from './pause-auto-sync.ts';
import { refresh } from './refresh.ts';
import { resourceTree } from './resource-tree.ts';
import { rollback } from './rollback.ts';
import { sync } from './sync.ts';

/** Every tool of Argo CD. */
export const tools = [
  listProjects,
  listApplications,
  getApplication,
  resourceTree,
  diff,
  history,
  events,
  logs,
  sync,
  rollback,
  deployIrreversibly,
  refresh,
];

/** What holds auto-sync still for a rollback. */
export const pausers = [pauseAutoSync];
