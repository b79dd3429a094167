import type { Stackward } from '../../stackward.ts';
import type { IncidentDesk } from '../http/incidents.ts';
import type { Metrics } from '../metrics.ts';
import type { AuditSearches } from './audit-searches.ts';
import type { RollbackDesk } from './rollback-desk.ts';

/** What the console's endpoints work with. */
export interface ConsoleDesk {
  readonly stackward: Stackward;
  readonly metrics?: Metrics;
  readonly searches: AuditSearches;
  readonly rollbacks: RollbackDesk;
  /** The triages of this server; absent where it has none. */
  readonly incidents?: IncidentDesk;
}

/** Answers a question of a signed-in operator. Throws ToolError. */
export type Endpoint<T> = (desk: ConsoleDesk, query: URLSearchParams) => T | Promise<T>;

/** Does what an operator who may decide asks for; `body` is not looked at yet. Throws ToolError, or a ZodError for the body. */
export type Action<T> = (desk: ConsoleDesk, body: unknown, by: string) => T | Promise<T>;
