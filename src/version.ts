import { existsSync, readFileSync } from 'node:fs';

/** Version of this package. The built file and the source stand at different depths below package.json. */
export const VERSION: string = (() => {
  for (const up of ['..', '../..', '../../..']) {
    const file = new URL(`${up}/package.json`, import.meta.url);
    if (!existsSync(file)) continue;
    const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version: string };
    if (name === 'stackward') return version;
  }
  throw new Error('package.json of stackward is not above its code; install the package anew');
})();
