import { ToolError } from '../../toolset/errors.ts';

/** Value of an environment variable; throws ToolError('secret_unavailable') when it is unset or empty. */
export function readEnv(env: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = env[name];
  if (value) return value;
  const state = value === undefined ? 'is not set' : 'is empty';
  throw new ToolError('secret_unavailable', `the environment variable ${name} ${state}`);
}
