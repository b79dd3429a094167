import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import { type HttpClient, notThisApi } from '../../toolset/http/client.ts';
import { parseJson } from '../../toolset/http/failure.ts';
import { Annotation, AnnotationCreated, DashboardAnswer, Saved } from './api.ts';
import { NO_ANNOTATION, PROVISIONED } from './failure.ts';
import { type FolderScope, isInFolder } from './folder-scope.ts';
import { API } from './http.ts';
import { type AnnotationQuery, assertOwn, listAnnotations, readDashboard } from './reader.ts';

/** An annotation on a dashboard, as it is created. Times are Unix milliseconds. */
export interface NewAnnotation {
  readonly dashboardUID: string;
  readonly panelId?: number;
  readonly time: number;
  readonly timeEnd: number;
  readonly tags: readonly string[];
  readonly text: string;
}

/** Annotations of one dashboard within one span that are looked through for one of them. */
const MOST_AT_ONCE = 1000;

/**
 * Writes to the dashboards of one folder, or of all where the component names none, for one granted call.
 *
 * The folder is the component's own entry, given when the session opens. Each write reads the dashboard anew and
 * looks where Grafana says that it lies.
 */
export class GrafanaWriter {
  readonly #http: HttpClient;
  readonly #folder: FolderScope;

  constructor(http: HttpClient, folder: FolderScope) {
    this.#http = http;
    this.#folder = folder;
  }

  /** Throws ToolError('not_found') also for a dashboard of another folder. */
  dashboard(uid: string, signal: AbortSignal): Promise<DashboardAnswer> {
    return readDashboard(this.#http, this.#folder, uid, signal);
  }

  /**
   * A dashboard that may be saved again. Throws ToolError: 'conflict' for a provisioned one and for one that
   * would not survive being read and written here, 'permission_denied' where the account may not save it.
   */
  async editable(uid: string, signal: AbortSignal): Promise<DashboardAnswer> {
    const path = ['dashboards', 'uid', uid];
    const text = await this.#http.ask({ method: 'GET', path, answer: z.string(), as: 'text' }, signal);
    const found = DashboardAnswer.safeParse(parseJson(text));
    if (!found.success) throw notThisApi(API);
    const { meta } = assertOwn(found.data, uid, this.#folder);
    if (meta.provisioned === true) throw new ToolError('conflict', PROVISIONED);
    if (meta.canSave === false)
      throw new ToolError('permission_denied', 'the component’s account may not save this dashboard');
    if (holdsLongNumber(text))
      throw new ToolError('conflict', 'the dashboard holds a number too long to be saved again unchanged');
    return found.data;
  }

  /**
   * Saves a dashboard over the version that it was read as, and returns the new version.
   * Throws ToolError: 'conflict' when somebody saved it since, 'outcome_unknown' when the answer got lost.
   */
  async save({ dashboard, meta }: DashboardAnswer, message: string, signal: AbortSignal): Promise<number> {
    if (!isInFolder(meta.folderUid, this.#folder))
      throw new ToolError('query_refused', 'the dashboard lies outside the link’s folder; it was not saved');
    // Left out, Grafana would move the dashboard out of its folder.
    const json = { dashboard, folderUid: meta.folderUid ?? '', message, overwrite: false };
    const path = ['dashboards', 'db'];
    const saved = await this.#http.ask({ method: 'POST', path, json, answer: Saved, writes: true }, signal);
    return saved.version;
  }

  annotations(query: AnnotationQuery & { dashboard: string }, signal: AbortSignal) {
    return listAnnotations(this.#http, query, signal);
  }

  /**
   * The annotation of a number, with its dashboard where it lies on the one that is named; undefined where there is
   * none any more.
   */
  async findAnnotation(id: number, dashboard: string, signal: AbortSignal): Promise<Annotation | undefined> {
    const found = await this.#annotation(id, signal);
    if (!found || found.dashboardUID) return found;
    // Before version 12 Grafana names the dashboard of an annotation in lists alone.
    const range = { from: Math.max(1, found.time), to: Math.max(1, found.timeEnd) };
    const query = { dashboard, ...range, tags: [], type: 'annotation', limit: MOST_AT_ONCE } as const;
    const listed = await this.annotations(query, signal);
    return listed.find((one) => one.id === id) ?? found;
  }

  async #annotation(id: number, signal: AbortSignal): Promise<Annotation | undefined> {
    try {
      const path = ['annotations', String(id)];
      return await this.#http.ask({ method: 'GET', path, answer: Annotation }, signal);
    } catch (error) {
      if (error instanceof ToolError && error.detail === NO_ANNOTATION) return undefined;
      throw error;
    }
  }

  /** Creates an annotation on a dashboard of the folder and returns its number. Throws as {@link save} does. */
  async annotate(annotation: NewAnnotation, signal: AbortSignal): Promise<number> {
    await this.dashboard(annotation.dashboardUID, signal);
    const json = { ...annotation };
    const path = ['annotations'];
    const made = await this.#http.ask(
      { method: 'POST', path, json, answer: AnnotationCreated, writes: true },
      signal,
    );
    return made.id;
  }

  /** Deletes one annotation of a dashboard of the folder. Throws as {@link save} does. */
  async deleteAnnotation({ id, dashboardUID }: Annotation, signal: AbortSignal): Promise<void> {
    await this.dashboard(dashboardUID ?? '', signal);
    const path = ['annotations', String(id)];
    await this.#http.ask({ method: 'DELETE', path, answer: z.unknown(), writes: true }, signal);
  }
}

/** Whether JSON has a number that a double cannot hold; reading and writing it would change the dashboard. */
function holdsLongNumber(text: string): boolean {
  const numbers = text.replace(/"(?:[^"\\]+|\\.)*"/g, '""').match(/\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g) ?? [];
  return numbers.some((number) =>
    /[.eE]/.test(number) ? !Number.isFinite(Number(number)) : !Number.isSafeInteger(Number(number)),
  );
}
