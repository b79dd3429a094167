/** Roles that a model component gives a model to. */
export const MODEL_ROUTES = ['prod-triage', 'prod-triage-strong', 'prod-judge'] as const;
export type ModelRoute = (typeof MODEL_ROUTES)[number];

/** One question. `breaker` hears when the route's breaker opens or closes. */
export interface ModelQuestion {
  readonly route: ModelRoute;
  readonly system: string;
  readonly prompt: string;
  readonly signal: AbortSignal;
  breaker(state: 'open' | 'closed'): void;
}

/** What a connector of a model component opens. */
export interface ModelClient {
  /** The routes that the component serves. */
  readonly routes: readonly ModelRoute[];
  /**
   * The text that the model answers with. Waits as Retry-After asks, within bounds. Throws ToolError: `rate_limited`,
   * `backend_failed`, `unreachable`, `login_failed`, `timeout`, `breaker_open`, `result_too_large`.
   */
  ask(question: ModelQuestion): Promise<string>;
}
