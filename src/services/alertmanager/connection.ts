import { z } from 'zod';
import { setting } from '../../toolset/define.ts';
import { BaseUrl, HttpCredentials, Tenant } from '../../toolset/http/connection.ts';

/** The fields of a topology component that say where its Alertmanager is. */
export const AlertmanagerConnection = z.strictObject({
  url: setting(
    BaseUrl.describe('Where the HTTP API is; a path prefix, as --web.route-prefix or Mimir sets, is kept'),
  ),
  credentials: HttpCredentials.optional().describe('A bearer token, or user and password'),
  tenant: setting(Tenant.describe('Sent as X-Scope-OrgID, for Mimir')).optional(),
});
export type AlertmanagerConnection = z.output<typeof AlertmanagerConnection>;
