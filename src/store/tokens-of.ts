import type { Keys } from './keys.ts';
import { openSharedTokens } from './shared-tokens.ts';
import type { Stores } from './stores.ts';
import { openTokenFiles } from './token-files.ts';
import type { TokenStore } from './tokens.ts';

/** The tokens of a stack: of its data directory, or those that replicas share. */
export const tokensOf = ({
  stores,
  keys,
  dataDir,
}: {
  readonly stores: Stores;
  readonly keys: Keys;
  readonly dataDir: string;
}): TokenStore =>
  stores.isShared
    ? openSharedTokens(stores.documents('tokens'), { key: keys.of('tokens') })
    : openTokenFiles(dataDir);
