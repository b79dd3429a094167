import { expect, inject, test } from 'vitest';
import { openStack } from '../harness/stack.ts';
import { freshPrefix } from '../services/redis/fixture.ts';

const access = inject('redis');

test.skipIf(!access)(
  'what is written is what was sent, and approved: no value of the connection can be written and read back',
  async () => {
    const prefix = freshPrefix();
    const stack = await openStack({
      env: {
        MCP_CACHE_WRITE_ACCESS: 'true',
        REDIS_PASSWORD: access?.password ?? '',
        REDIS_PORT: `${access?.port}`,
      },
      topology: `stack: shop
components:
  cache:
    type: redis
    host: 127.0.0.1
    port: {env: REDIS_PORT}
    credentials: {password: {env: REDIS_PASSWORD}}
    prefixes: {own: {match: "${prefix}"}}
  helper: {type: agent}
links:
  - {from: helper, to: cache, type: uses}
`,
    });
    const value = '{host}:{port} {user} {password}';
    const wrote = await stack.call('redis_set', { key: `${prefix}1`, value }, { as: 'helper' });
    expect(wrote.isError, JSON.stringify(wrote.content)).toBe(false);
    const read = await stack.call('redis_get', { key: `${prefix}1` }, { as: 'helper' });
    expect(read.structuredContent).toMatchObject({ value });
    await stack.close();
  },
);
