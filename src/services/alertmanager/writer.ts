import { z } from 'zod';
import { ToolError } from '../../toolset/errors.ts';
import type { HttpClient } from '../../toolset/http/client.ts';
import type { ScopeLabels } from '../../toolset/label-scope.ts';
import { Created, type Silence, type SilenceContent } from './api.ts';
import { isConfined } from './matcher.ts';
import { listSilences } from './reader.ts';

/**
 * Writes silences within one scope, for one granted call.
 *
 * The scope is the component's own entry, given when the session opens: whatever a tool hands over, nothing
 * that could reach beyond it is sent.
 */
export class AmWriter {
  readonly #http: HttpClient;
  readonly #scope: ScopeLabels;

  constructor(http: HttpClient, scope: ScopeLabels) {
    this.#http = http;
    this.#scope = scope;
  }

  /** The silences within the scope, expired ones included. */
  silences(signal: AbortSignal): Promise<readonly Silence[]> {
    return listSilences(this.#http, this.#scope, signal);
  }

  /**
   * Creates a silence and returns its id.
   * Throws ToolError: 'query_refused' when it would reach beyond the scope, 'outcome_unknown' when the answer got lost.
   */
  async create(silence: SilenceContent, signal: AbortSignal): Promise<string> {
    if (silence.matchers.length === 0 || !isConfined(silence.matchers, this.#scope)) {
      throw new ToolError(
        'query_refused',
        'the silence would reach beyond the link’s labels; it was not made',
      );
    }
    const { annotations, ...content } = silence;
    // Named only where there are some, so that a server that does not know them is not asked to.
    const json = Object.keys(annotations).length > 0 ? silence : content;
    const path = ['silences'];
    const answer = await this.#http.ask(
      { method: 'POST', path, json, answer: Created, writes: true },
      signal,
    );
    return answer.silenceID;
  }

  /** Ends a silence, which stays listed as expired for a while. Throws as {@link AmWriter.create} does. */
  async expire({ id, matchers }: Silence, signal: AbortSignal): Promise<void> {
    if (!isConfined(matchers, this.#scope)) {
      throw new ToolError('query_refused', 'the silence reaches beyond the link’s labels; it stays');
    }
    const path = ['silence', id];
    await this.#http.ask({ method: 'DELETE', path, answer: z.unknown(), writes: true }, signal);
  }
}
