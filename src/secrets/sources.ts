import { ToolError } from '../toolset/errors.ts';
import type { SecretSource } from './reference.ts';
import { Secret } from './secret.ts';
import { readEnv } from './sources/env.ts';
import { readSecretFile } from './sources/file.ts';

/** Where credentials come from. Nothing is cached: every read sees the present value. */
export interface SecretSources {
  /**
   * Reads a credential.
   *
   * @param label what the credential is called, such as `password`; safe to print.
   * @throws ToolError('secret_unavailable') naming the source, never the value.
   */
  read(source: SecretSource, label: string, signal?: AbortSignal): Promise<Secret>;
}

export interface SourcesOptions {
  /** Environment of the process: the variables that sources name, and where Vault is. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder of the topology file; paths in it are relative to this. */
  readonly cwd: string;
  /** Told once of each source that is less well kept than it should be. */
  readonly warn?: (message: string) => void;
}

/** Opens the sources. Nothing is contacted before the first read. */
export function openSources({ env, cwd, warn = () => {} }: SourcesOptions): SecretSources {
  const told = new Set<string>();
  const warnOnce = (message: string) => {
    if (told.has(message)) return;
    told.add(message);
    warn(message);
  };
  const find = async (source: SecretSource): Promise<string> => {
    if ('env' in source) return readEnv(env, source.env);
    if ('file' in source) return readSecretFile(cwd, source.file, warnOnce);
    throw new ToolError('secret_unavailable', 'no reader serves this source');
  };
  return Object.freeze({
    read: async (source: SecretSource, label: string) => new Secret(label, await find(source)),
  });
}
