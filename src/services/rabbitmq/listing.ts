import { setTimeout } from 'node:timers/promises';
import type { z } from 'zod';
import type { Target } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { page } from './api.ts';
import type { Ask, RabbitReader } from './client.ts';
import type { VhostEntry } from './connection.ts';
import { type Kind, reaches, vhostOf } from './scope.ts';

const PAGE_SIZE = 500;
const PAGE_ATTEMPTS = 6;
const PAGE_PAUSE_MS = 300;
/** Longer filters do not fit a request line everywhere; then everything is listed and sorted out here. */
const MOST_FILTER = 2_000;
/** A bound on how many pages one call asks for. */
const MOST_PAGES = 200;

export interface Listing<S> {
  readonly target: Target<VhostEntry>;
  readonly kind: Kind;
  readonly shape: S;
  /** The broker leaves out every other field. */
  readonly columns: readonly string[];
  /** Only names that begin with this. */
  readonly prefix: string;
  /** Stop once this many were found. */
  readonly most: number;
}

/**
 * The queues or exchanges that a target reaches, by name, at most `most` of them. The broker filters to keep the
 * answers small; whether a name is inside the target is decided here again.
 */
export async function list<S extends z.ZodType<{ name: string }>>(
  client: RabbitReader,
  { target, kind, shape, columns, prefix, most }: Listing<S>,
  signal: AbortSignal,
): Promise<z.output<S>[]> {
  const found: z.output<S>[] = [];
  const filter = filterOf(target, kind, prefix);
  for (let at = 1; at <= MOST_PAGES; at += 1) {
    const { items, page_count } = await getPage(
      client,
      {
        path: [`${kind}s`, vhostOf(target)],
        query: {
          page: `${at}`,
          page_size: `${PAGE_SIZE}`,
          sort: 'name',
          columns: columns.join(','),
          ...(filter === undefined ? {} : { name: filter, use_regex: 'true' }),
        },
        shape: page(shape),
      },
      signal,
    );
    for (const item of items)
      if (item.name.startsWith(prefix) && item.name !== '' && reaches(target, kind, item.name))
        found.push(item);
    if (at >= page_count || found.length >= most) break;
  }
  return found.slice(0, most);
}

/**
 * One page. RabbitMQ 3.10 now and then answers a list with status 500 while it gathers the first figures of a new
 * queue, so a page is asked for again before the call fails.
 */
async function getPage<T>(client: RabbitReader, ask: Ask<T>, signal: AbortSignal): Promise<T> {
  for (let left = PAGE_ATTEMPTS - 1; ; left -= 1)
    try {
      return await client.get(ask, signal);
    } catch (error) {
      if (left === 0 || !(error instanceof ToolError) || error.code !== 'backend_failed') throw error;
      await setTimeout(PAGE_PAUSE_MS);
    }
}

/** A regular expression over names that matches no fewer than those wanted; undefined for all of them. */
function filterOf(target: Target<VhostEntry>, kind: Kind, prefix: string): string | undefined {
  if (prefix !== '') return bounded(`^${escapeRegex(prefix)}`);
  const patterns = target.scope[`${kind}s`];
  if (patterns === undefined) return undefined;
  const forms = patterns.map((pattern) =>
    pattern.endsWith('*') ? escapeRegex(pattern.slice(0, -1)) : `${escapeRegex(pattern)}$`,
  );
  return bounded(`^(?:${forms.join('|')})`);
}

const bounded = (filter: string): string | undefined =>
  Buffer.byteLength(filter) <= MOST_FILTER ? filter : undefined;

/** Takes the meaning from every ASCII character that could have one in a regular expression. */
export const escapeRegex = (text: string): string =>
  text.replace(/[^\w]/g, (character) => (character.charCodeAt(0) < 128 ? `\\${character}` : character));
