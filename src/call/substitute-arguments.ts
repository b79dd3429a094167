import type { Secret } from '../secrets/secret.ts';
import { substitute } from '../secrets/substitute.ts';
import type { AllowedRead, AllowedTrial, AllowedWrite } from './stages.ts';

/** Resolves a component's connection, as the clients do. */
export type ResolveConnection = (
  connection: Readonly<Record<string, unknown>>,
  component: string,
) => Promise<Readonly<Record<string, unknown>>>;

/**
 * The arguments as the tool runs with them: `{host}`, `{port}` ... replaced where the tool declares it.
 * Called inside the executing stage alone, so that no record, approval or answer ever holds the result.
 */
export async function substituteArguments(
  call: AllowedRead | AllowedWrite | AllowedTrial,
  resolve: ResolveConnection,
) {
  const { templated } = call.tool;
  if (!templated) return call.params;
  const connection = await resolve(call.at.component.connection, call.at.component.name);
  const credentials = (connection.credentials ?? {}) as Record<string, string | Secret | undefined>;
  const { host, port } = connection as { host?: string; port?: number };
  return substitute(call.params, templated, {
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port: String(port) }),
    ...credentials,
  });
}
