import type { AuditBook } from './audit/audit-book.ts';
import type { AuditLog } from './audit/audit-log.ts';
import type { Breakers } from './call/breakers.ts';
import type { Catalogs } from './call/catalogs.ts';
import type { Pipeline } from './call/pipeline.ts';
import type { Approvals } from './gate/approvals.ts';
import type { Diagnoses } from './gate/diagnoses.ts';
import type { KillSwitch } from './gate/kill-switch.ts';
import type { Mask } from './secrets/mask.ts';
import type { Keys } from './store/keys.ts';
import type { Nonces } from './store/nonces.ts';
import type { Stores } from './store/stores.ts';
import type { JsonValue } from './toolset/define.ts';
import type { FlagStore } from './toolset/flags.ts';
import type { ModelClient } from './toolset/model-client.ts';
import type { TriagePlace } from './toolset/triage-service.ts';
import type { History } from './versions/history.ts';

/** A running Stackward, whatever serves it. */
export interface Stackward {
  readonly call: Pipeline;
  readonly catalogs: Catalogs;
  readonly approvals: Approvals;
  readonly diagnoses: Diagnoses;
  readonly audit: AuditLog;
  /** The same audit, to be read. */
  readonly auditBook: AuditBook;
  readonly breakers: Breakers;
  readonly flags: FlagStore;
  readonly history: History;
  readonly keys: Keys;
  readonly killSwitch: KillSwitch;
  readonly stores: Stores;
  readonly mask: Mask;
  /** Which answers to what clients were asked are used up. */
  readonly nonces: Nonces;
  readonly dataDir: string;
  /** False: only `stackward approve` counts, and no client is asked. */
  readonly clientsMayApprove: boolean;
  /** Records something that happened outside a call. Throws ToolError('audit_unavailable'). */
  recordEvent(event: string, principal: string, detail: JsonValue): Promise<void>;
  /** Lets the stack's tools reach the triage that this process runs. */
  readonly serveTriage: TriagePlace['serve'];
  /** Puts the text of a topology in force: in the file, or for all replicas. Throws ToolError('conflict'). */
  putTopology(text: string): Promise<void>;
  /** The client of a component of type model, and of no other. Throws ToolError. */
  openModel(component: string): Promise<ModelClient>;
  close(): Promise<void>;
}
