import { z } from 'zod';
import { bucket } from '../../../src/services/s3/tools/bucket.ts';
import { remove } from '../../../src/services/s3/tools/delete.ts';
import { get } from '../../../src/services/s3/tools/get.ts';
import { head } from '../../../src/services/s3/tools/head.ts';
import { list } from '../../../src/services/s3/tools/list.ts';
import { purge } from '../../../src/services/s3/tools/purge.ts';
import { put } from '../../../src/services/s3/tools/put.ts';
import { putIrreversible } from '../../../src/services/s3/tools/put-irreversible.ts';
import { versions } from '../../../src/services/s3/tools/versions.ts';
import { ToolError } from '../../../src/toolset/errors.ts';
import type { openS3 } from './fixture.ts';

type Lab = ReturnType<typeof openS3>;
type Attempt = (s3: Lab, sub: string, key: string) => Promise<unknown>;

/** Every tool that takes a key, each with one. */
export const WITH_KEY: Readonly<Record<string, Attempt>> = {
  s3_get: (s3, sub, key) => s3.read(get, sub, { key }),
  s3_head: (s3, sub, key) => s3.read(head, sub, { key }),
  s3_versions: (s3, sub, key) => s3.read(versions, sub, { key }),
  s3_list: (s3, sub, key) => s3.read(list, sub, { prefix: key }),
  s3_put: (s3, sub, key) => s3.write(put, sub, { key, text: 'attack' }),
  s3_put_irreversible: (s3, sub, key) => s3.write(putIrreversible, sub, { key, text: 'attack' }),
  s3_delete: (s3, sub, key) => s3.write(remove, sub, { key }),
  s3_purge: (s3, sub, key) => s3.write(purge, sub, { key, version_id: 'null' }),
};

/** Every reading tool once, and the write that looks first at nothing. */
export const EACH: readonly ((s3: Lab) => Promise<unknown>)[] = [
  (s3) => s3.read(get, 'plain', { key: 'a' }),
  (s3) => s3.read(head, 'plain', { key: 'a' }),
  (s3) => s3.read(list, 'plain', {}),
  (s3) => s3.read(versions, 'plain', { key: 'a' }),
  (s3) => s3.read(bucket, 'plain', {}),
  (s3) => s3.write(putIrreversible, 'plain', { key: 'a', text: 'attack' }),
];

/** The code of the error that an attempt ended in; `schema` where its arguments did not fit, undefined for none. */
export const refusalOf = (attempt: () => Promise<unknown>): Promise<string | undefined> =>
  attempt().then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof ToolError) return error.code;
      if (error instanceof z.ZodError) return 'schema';
      throw error;
    },
  );

/** The request lines in what a wiretap saw, in order. */
export const linesIn = (sent: Buffer): string[] =>
  sent
    .toString('latin1')
    .split('\r\n')
    .filter((line) => /^[A-Z]+ \S+ HTTP\/1\.1$/.test(line))
    .map((line) => line.replace(' HTTP/1.1', ''));
