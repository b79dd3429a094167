import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export const PAGE_FILES = ['index.html', 'page.js', 'layout.js', 'page.css', 'icon.svg'] as const;
export type PageFile = (typeof PAGE_FILES)[number];

const SOURCE = new URL('../../dashboard/', import.meta.url);

/** Makes the page out of its sources; `npm run build` does it once, a server that runs from source at the first request. */
export async function bundlePage(): Promise<Readonly<Record<PageFile, Buffer>>> {
  // A development dependency: a built Stackward serves what the build left, and never comes here.
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: ['page.ts', 'layout.ts', 'page.css'].map((name) => fileURLToPath(new URL(name, SOURCE))),
    outdir: 'console',
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome109', 'firefox115', 'safari16'],
    legalComments: 'inline',
    logLevel: 'silent',
  });
  const made = (name: string): Buffer => {
    const found = outputFiles.find(({ path }) => path.endsWith(`/${name}`) || path.endsWith(`\\${name}`));
    if (!found) throw new Error(`the bundle of the page lacks ${name}`);
    return Buffer.from(found.contents);
  };
  return {
    'index.html': await readFile(new URL('index.html', SOURCE)),
    'icon.svg': await readFile(new URL('icon.svg', SOURCE)),
    'page.js': made('page.js'),
    'layout.js': made('layout.js'),
    'page.css': made('page.css'),
  };
}
