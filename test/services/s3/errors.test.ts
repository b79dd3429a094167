import { afterEach, describe, expect, test } from 'vitest';
import { Secret } from '../../../src/secrets/secret.ts';
import { remove } from '../../../src/services/s3/tools/delete.ts';
import { get } from '../../../src/services/s3/tools/get.ts';
import { list } from '../../../src/services/s3/tools/list.ts';
import { put } from '../../../src/services/s3/tools/put.ts';
import { putIrreversible } from '../../../src/services/s3/tools/put-irreversible.ts';
import { startS3Twin } from '../../twins/s3.ts';
import { recordingServer } from '../prometheus/fixture.ts';
import { connectionOf, labForTests, openS3 } from './fixture.ts';

const lab = labForTests();
const NEW = { key: 'new', text: 'new' };

describe('credentials', () => {
  test('a wrong secret, a wrong id and a wrong region are told apart', async () => {
    const { region, credentials } = connectionOf(lab.twin);
    const secret_access_key = new Secret('secret_access_key', 'another');
    const attempts = [
      [{ credentials: { ...credentials, secret_access_key } }, 'login_failed'],
      [{ credentials: { ...credentials, access_key_id: 'AKIAOTHER' } }, 'login_failed'],
      [{ region: `${region}-2` }, 'unreachable'],
    ] as const;
    for (const [over, code] of attempts) {
      const s3 = openS3(connectionOf(lab.twin, over));
      await expect(s3.read(list, 'plain', {})).rejects.toMatchObject({ code });
      await expect(s3.write(putIrreversible, 'plain', NEW)).rejects.toMatchObject({ code });
    }
    expect(lab.twin.bucket('shop-plain').keys).toEqual([]);
  });

  test('a session token goes along', async () => {
    const account = { ...lab.twin.account, sessionToken: 'session-token' };
    const twin = await startS3Twin(account);
    twin.bucket('shop-plain').put('a', 'a');
    expect((await openS3(connectionOf(twin)).read(list, 'plain', {})).objects).toHaveLength(1);
    const without = connectionOf({ ...twin, account: lab.twin.account });
    await expect(openS3(without).read(list, 'plain', {})).rejects.toMatchObject({ code: 'login_failed' });
    await twin.close();
  });
});

describe('what a server answers', () => {
  test.for([
    [403, 'AccessDenied', 'permission_denied', 'permission_denied'],
    [404, 'NoSuchBucket', 'not_found', 'not_found'],
    [403, 'InvalidObjectState', 'conflict', 'conflict'],
    [403, 'RequestTimeTooSkewed', 'login_failed', 'login_failed'],
    [418, 'Teapot', 'query_failed', 'query_failed'],
    [501, 'NotImplemented', 'query_failed', 'query_failed'],
    [500, 'InternalError', 'backend_failed', 'outcome_unknown'],
    [502, 'BadGateway', 'backend_failed', 'outcome_unknown'],
    [503, 'SlowDown', 'too_busy', 'too_busy'],
  ] as const)('%s %s', async ([status, code, reading, writing]) => {
    lab.twin.break({ status, code });
    await expect(lab.s3.read(get, 'plain', { key: 'a' })).rejects.toMatchObject({ code: reading });
    lab.twin.forget();
    await expect(lab.s3.write(putIrreversible, 'plain', NEW)).rejects.toMatchObject({ code: writing });
    expect(lab.twin.requests, 'a write is sent once').toHaveLength(1);
  });

  test('an answer that is not one of S3', async () => {
    const server = await recordingServer((_, response) => response.end('<html>hello</html>'));
    const s3 = openS3(connectionOf({ ...lab.twin, url: server.url }));
    await expect(s3.read(get, 'plain', { key: 'a' })).rejects.toMatchObject({ code: 'backend_failed' });
    await expect(s3.write(putIrreversible, 'plain', NEW)).rejects.toMatchObject({ code: 'outcome_unknown' });
    await server.close();
  });

  test('a whole object where a range was asked for is of use from its start alone', async () => {
    const server = await recordingServer((_, response) => {
      response.writeHead(200, { etag: '"e"', 'content-length': '5' }).end('hello');
    });
    const s3 = openS3(connectionOf({ ...lab.twin, url: server.url }));
    const start = await s3.read(get, 'plain', { key: 'a', length: 2 });
    expect(start).toMatchObject({ text: 'he', size: 5, next_offset: 2 });
    await expect(s3.read(get, 'plain', { key: 'a', offset: 2 })).rejects.toMatchObject({
      code: 'backend_failed',
    });
    await server.close();
  });
});

describe('a connection', () => {
  let stop: (() => Promise<void>) | undefined;
  afterEach(() => stop?.());

  test('that nobody listens to', async () => {
    const twin = await startS3Twin();
    await twin.close();
    const s3 = openS3(connectionOf(twin));
    await expect(s3.read(list, 'plain', {})).rejects.toMatchObject({ code: 'unreachable' });
    await expect(s3.write(put, 'plain', NEW)).rejects.toMatchObject({ code: 'unreachable' });
    await expect(s3.write(putIrreversible, 'plain', NEW)).rejects.toMatchObject({ code: 'unreachable' });
  });

  test.for(['put', 'delete'] as const)(
    'that breaks while the server does a %s leaves it open',
    async (what) => {
      const bucket = lab.twin.bucket('shop-kept');
      if (what === 'delete') bucket.put('new', 'old');
      lab.twin.loseAnswer(what === 'put' ? 'PUT' : 'DELETE');
      const attempt =
        what === 'put' ? lab.s3.write(put, 'kept', NEW) : lab.s3.write(remove, 'kept', { key: 'new' });
      await expect(attempt).rejects.toMatchObject({ code: 'outcome_unknown' });
      expect(lab.twin.writes(), 'it is not sent again').toHaveLength(1);
      expect(bucket.keys.map(([key, [newest]]) => [key, newest?.isMarker])).toEqual([
        ['new', what === 'delete'],
      ]);
      for (const { id } of bucket.keys.flatMap(([, versions]) => [...versions])) bucket.remove('new', id);
    },
  );

  test.for(['before the head', 'within the body'])('ends with its call, %s', async (when) => {
    const arrived = happening();
    const broken = happening();
    const server = await recordingServer((_, response) => {
      response.on('close', broken.resolve);
      if (when === 'within the body') {
        response.writeHead(206, { etag: '"e"', 'content-range': 'bytes 0-99/100', 'content-length': '100' });
        response.write('x');
      }
      arrived.resolve();
    });
    stop = server.close;
    const s3 = openS3(connectionOf({ ...lab.twin, url: server.url }));
    const call = new AbortController();
    const reading = s3.read(get, 'plain', { key: 'a' }, { signal: call.signal });
    const ended = expect(reading).rejects.toMatchObject({ code: 'cancelled' });
    await arrived.promise;
    call.abort();
    await ended;
    await broken.promise;
  });

  test('is not opened for a call that is over', async () => {
    const signal = AbortSignal.abort();
    await expect(lab.s3.read(list, 'plain', {}, { signal })).rejects.toMatchObject({ code: 'cancelled' });
    expect(lab.twin.requests).toEqual([]);
  });
});

/** A promise and what fulfils it. */
function happening() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
