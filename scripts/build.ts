import { fileURLToPath } from 'node:url';
import { buildDist, EXTERNAL } from './dist.ts';

/** Builds `dist/`. */
await buildDist(fileURLToPath(new URL('../dist', import.meta.url)), {
  sourcemap: 'linked',
  external: EXTERNAL,
});
