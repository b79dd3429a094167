import { z } from 'zod';
import { secret, setting } from '../../toolset/define.ts';
import { BaseUrl } from '../../toolset/http/connection.ts';
import { ApplicationName, NamespaceName, ProjectName } from './names.ts';

/** The fields of a topology component that say where its API server is. */
export const ArgoConnection = z.strictObject({
  url: setting(BaseUrl.describe('Where argocd-server listens; a path prefix, as --rootpath sets, is kept')),
  credentials: z.strictObject({ token: secret() }).describe('An API token of an account or a project role'),
});
export type ArgoConnection = z.output<typeof ArgoConnection>;

/** A project, and which of its applications the tools reach. */
export const ProjectEntry = z.strictObject({
  project: ProjectName.optional().describe('Name of the AppProject; the key of the entry if absent'),
  namespace: NamespaceName.optional().describe(
    'Namespace of the Application objects; argocd if absent. Only applications in it are reached',
  ),
  applications: z
    .array(ApplicationName)
    .min(1)
    .max(500)
    .optional()
    .describe('Exact names of applications; every one of the project if absent'),
});
export type ProjectEntry = z.output<typeof ProjectEntry>;
