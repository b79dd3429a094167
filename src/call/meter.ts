import type { Answer } from './answer.ts';
import type { CallRequest } from './stages.ts';

/** Counts calls as they end, for `/metrics`. */
export interface Meter {
  count(request: CallRequest, answer: Answer, durationMs: number): void;
}
