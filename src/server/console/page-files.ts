import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { bundlePage, PAGE_FILES, type PageFile } from './bundle-page.ts';
import { SECURITY_HEADERS } from './reply.ts';

const TYPES: Readonly<Record<PageFile, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'layout.js': 'text/javascript; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

/** The page as it is served: a few files in memory, each found by its whole name. */
export interface PageFiles {
  /** Serves a file, or for any other path below `/console` the page itself, whose script reads the path. */
  serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<void>;
}

export function openPageFiles(): PageFiles {
  let loading: Promise<ReadonlyMap<string, Loaded>> | undefined;
  return {
    async serve(request, response, path) {
      loading ??= load();
      // A build that failed is tried again with the next request.
      loading.catch(() => {
        loading = undefined;
      });
      const files = await loading;
      const name = path.slice('/console/'.length);
      const file = files.get(name) ?? files.get('index.html');
      if (!file) throw new Error('the page was built without its index.html');
      send(request, response, file);
    },
  };
}

interface Loaded {
  readonly type: string;
  readonly bytes: Buffer;
  readonly etag: string;
}

function send(request: IncomingMessage, response: ServerResponse, { type, bytes, etag }: Loaded): void {
  const headers = { ...SECURITY_HEADERS, 'content-type': type, 'cache-control': 'no-cache', etag };
  const isKnown = request.headers['if-none-match'] === etag;
  response.writeHead(isKnown ? 304 : 200, headers);
  response.end(isKnown || request.method === 'HEAD' ? undefined : bytes);
}

async function load(): Promise<ReadonlyMap<string, Loaded>> {
  const bytesOf = (await builtFiles()) ?? (await bundlePage());
  return new Map(
    PAGE_FILES.map((name) => {
      const bytes = bytesOf[name];
      const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
      return [name, { type: TYPES[name], bytes, etag }];
    }),
  );
}

/** What `npm run build` left beside the program; undefined when this runs from source. */
async function builtFiles(): Promise<Readonly<Record<PageFile, Buffer>> | undefined> {
  if (import.meta.url.endsWith('.ts')) return undefined;
  const found = await Promise.all(
    PAGE_FILES.map(
      async (name) => [name, await readFile(new URL(`../console/${name}`, import.meta.url))] as const,
    ),
  );
  return Object.fromEntries(found) as Record<PageFile, Buffer>;
}
