import type { Keys } from './keys.ts';
import type { Stores } from './stores.ts';
import { openTokenDocuments } from './token-documents.ts';
import { openTokenFiles } from './token-files.ts';
import type { TokenStore } from './tokens.ts';

/** Where the tokens of a stack lie: files of its data directory, or the store that replicas share. */
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
    ? openTokenDocuments(stores.documents('tokens'), { key: keys.of('tokens') })
    : openTokenFiles(dataDir);
