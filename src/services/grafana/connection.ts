import { z } from 'zod';
import { setting } from '../../toolset/define.ts';
import { BaseUrl, HttpCredentials } from '../../toolset/http/connection.ts';
import { Uid } from './names.ts';

/** The fields of a topology component that say where its Grafana is. */
export const GrafanaConnection = z.strictObject({
  url: setting(BaseUrl.describe('Where Grafana is; a path prefix, as serve_from_sub_path sets, is kept')),
  credentials: HttpCredentials.describe('The token of a service account, or user and password'),
  org_id: setting(
    z.coerce
      .number()
      .int()
      .positive()
      .describe('Sent as X-Grafana-Org-Id, for user and password; a token has one organisation already'),
  ).optional(),
});
export type GrafanaConnection = z.output<typeof GrafanaConnection>;

/** One folder of Grafana. Its subfolders are folders of their own. */
export const FolderEntry = z.strictObject({
  uid: Uid.optional().describe(
    'Uid at Grafana, "general" for dashboards in no folder; the key of the entry if absent',
  ),
});
export type FolderEntry = z.output<typeof FolderEntry>;
