import type { IncomingMessage } from 'node:http';
import type { GrafanaState, Json } from './grafana-state.ts';

export interface TwinRequest {
  readonly method: string;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** An answer that is none of success; a violation where the real server would not have been asked so. */
export class Refusal extends Error {
  readonly status: number;
  readonly more: Json;
  readonly isViolation: boolean;
  constructor(status: number, message: string, more: Json = {}, isViolation = false) {
    super(message);
    this.status = status;
    this.more = more;
    this.isViolation = isViolation;
  }
}
/** The answer to an account that lacks a permission. */
export const assertMay = ({ state }: Context, action: string, uid: string): void => {
  if (state.may(action, uid)) return;
  const message = `You'll need additional permissions to perform this action. Permissions needed: ${action}`;
  throw new Refusal(403, message, { title: 'Access denied', accessErrorId: 'ACE0123456789' });
};
export const violation = (message: string) => new Refusal(400, message, {}, true);

/** Frames for a query, or the error of its data source. */
export type Frames = (query: Json) => unknown[] | { error: string };
export type Groups = Readonly<Record<string, string>>;
export interface Context {
  readonly state: GrafanaState;
  readonly request: TwinRequest;
  readonly groups: Groups;
  readonly frames: Frames;
  readonly isOld: boolean;
  readonly isOf12: boolean;
}

export function only(body: unknown, fields: readonly string[]): asserts body is Json {
  if (typeof body !== 'object' || body === null) throw violation('no JSON object');
  const strange = Object.keys(body).filter((name) => !fields.includes(name));
  if (strange.length > 0) throw violation(`field ${strange.join()}`);
}

export const paramOf = ({ query }: TwinRequest, name: string): string | undefined =>
  query.find(([key]) => key === name)?.[1];
