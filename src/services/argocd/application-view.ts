import { z } from 'zod';
import type { Application, HistoryEntry, OperationState, Source } from './api.ts';

/** Where manifests come from. Parameters and values of Helm, Kustomize and plugins are left out: people put credentials there. */
export const SourceView = z.strictObject({
  repo: z.string(),
  path: z.string().optional(),
  chart: z.string().optional(),
  target_revision: z.string(),
});
type SourceView = z.output<typeof SourceView>;

export const sourceView = ({ repoURL, path, chart, targetRevision }: Source): SourceView => ({
  repo: withoutUserinfo(repoURL),
  ...(path ? { path } : {}),
  ...(chart ? { chart } : {}),
  target_revision: targetRevision || 'HEAD',
});

/** A repository's address without the user and password that some have in it. */
const withoutUserinfo = (address: string): string =>
  address.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1');

/** The sources of an application or of a history entry, one or several. */
export const sourcesOf = ({ source, sources }: Pick<HistoryEntry, 'source' | 'sources'>): Source[] =>
  sources && sources.length > 0 ? sources : source ? [source] : [];

/** The revisions that something was deployed from or compared with, one for each source. */
export const revisionsOf = (of: {
  readonly revision?: string | null | undefined;
  readonly revisions?: readonly string[] | null | undefined;
}): string[] =>
  of.revisions && of.revisions.length > 0 ? [...of.revisions] : of.revision ? [of.revision] : [];

/** Whether Argo CD deploys by itself. `enabled` is known to newer servers, which else take it as true. */
export const isAutomated = ({ syncPolicy }: Pick<Application['spec'], 'syncPolicy'>): boolean =>
  !!syncPolicy?.automated && syncPolicy.automated.enabled !== false;

const MOST_MESSAGE = 2_000;

/** User and password of an address in the middle of a text. */
const USERINFO = /(?<=\b[a-z][a-z0-9+.-]{1,15}:\/\/)[^/\s]*@/gi;
/** An address that ends with the text, and may have been cut before its `@`. */
const CUT_OFF = /(?<=\b[a-z][a-z0-9+.-]{1,15}:\/\/)[^/\s]*$/i;

/**
 * A message of Argo CD; one about manifests that cannot be made can hold a whole program's output, and one of Git
 * the repository's address with its password.
 */
export function shortened(message: string | null | undefined, most = MOST_MESSAGE): string {
  const text = message ?? '';
  return text.length > most
    ? `${text.slice(0, most).replace(USERINFO, '').replace(CUT_OFF, '')}…`
    : text.replace(USERINFO, '');
}

export const AutoSync = z.enum(['off', 'on', 'on, self-heal']);

export const autoSyncOf = (spec: Pick<Application['spec'], 'syncPolicy'>): z.output<typeof AutoSync> => {
  if (!isAutomated(spec)) return 'off';
  return spec.syncPolicy?.automated?.selfHeal ? 'on, self-heal' : 'on';
};

export const OperationView = z.strictObject({
  phase: z.string(),
  dry_run: z.boolean(),
  by: z.string(),
  started: z.string(),
  finished: z.string().optional(),
  message: z.string(),
});

export const operationView = ({ phase, message, startedAt, finishedAt, operation }: OperationState) => ({
  phase,
  dry_run: operation.sync?.dryRun ?? false,
  by: operation.initiatedBy?.automated ? 'auto-sync' : (operation.initiatedBy?.username ?? ''),
  started: startedAt,
  ...(finishedAt ? { finished: finishedAt } : {}),
  message: shortened(message),
});

/** The history, newest first. */
export const historyOf = ({ status }: Application): HistoryEntry[] =>
  [...(status.history ?? [])].sort((one, other) => other.id - one.id);
