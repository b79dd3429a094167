import type { SecretSource } from './reference.ts';
import { Secret } from './secret.ts';
import { readEnv } from './sources/env.ts';
import { readSecretFile } from './sources/file.ts';
import { readKubernetesSecret } from './sources/kubernetes.ts';
import { vaultReader } from './sources/vault.ts';

/** Where credentials come from. No value is cached: every read sees the present one. */
export interface SecretSources {
  /**
   * Reads a credential.
   *
   * @param label what the credential is called, such as `password`; safe to print.
   * @throws ToolError('secret_unavailable') naming the source, never the value.
   */
  read(source: SecretSource, label: string, signal?: AbortSignal): Promise<Secret>;
  /**
   * The version number that the source itself gives the value at present, where it counts versions (Vault).
   *
   * @throws ToolError('secret_unavailable') as `read` does, for a source that counts.
   */
  version(source: SecretSource, signal?: AbortSignal): Promise<number | undefined>;
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
  const readVault = vaultReader(env, cwd, warnOnce);
  const find = async (source: SecretSource, signal?: AbortSignal): Promise<string> => {
    if ('env' in source) return readEnv(env, source.env);
    if ('file' in source) return readSecretFile(cwd, source.file, warnOnce);
    if ('vault' in source) return (await readVault(source.vault, signal)).value;
    return readKubernetesSecret(env, source.kubernetes_secret, signal);
  };
  return Object.freeze({
    read: async (source: SecretSource, label: string, signal?: AbortSignal) =>
      new Secret(label, await find(source, signal)),
    version: async (source: SecretSource, signal?: AbortSignal) =>
      'vault' in source ? (await readVault(source.vault, signal)).version : undefined,
  });
}
