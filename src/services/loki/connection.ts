import { z } from 'zod';
import { setting } from '../../toolset/define.ts';
import { BaseUrl, HttpCredentials, Tenant } from '../../toolset/http/connection.ts';

/** The fields of a topology component that say where its Loki is. */
export const LokiConnection = z.strictObject({
  url: setting(BaseUrl.describe('Where the HTTP API is; a path prefix before /loki/api/v1 is kept')),
  credentials: HttpCredentials.optional().describe('A bearer token, or user and password'),
  tenant: setting(Tenant.describe('Sent as X-Scope-OrgID, where Loki has auth_enabled')).optional(),
});
export type LokiConnection = z.output<typeof LokiConnection>;
