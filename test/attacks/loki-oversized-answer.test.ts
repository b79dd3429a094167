import { expect, test } from 'vitest';
import { openAttack } from '../services/loki/lab.ts';

const attack = openAttack();

test('an answer without end is given up', async () => {
  let sent = 0;
  let isClosed = false;
  attack.twin().behaviour.instead = (response) => {
    response.on('close', () => {
      isClosed = true;
    });
    response.write('{"status":"success","data":{"resultType":"streams","result":[');
    const more = () => {
      if (isClosed) return;
      sent += 2 ** 20;
      response.write(' '.repeat(2 ** 20), () => setImmediate(more));
    };
    more();
  };
  await expect(attack.read('loki_query_range', 'shop', {})).rejects.toMatchObject({
    code: 'result_too_large',
    detail: expect.stringContaining('fewer lines'),
  });
  await expect.poll(() => isClosed).toBe(true);
  expect(sent).toBeLessThan(64 * 2 ** 20);
});

test('a server that sends more lines than it was asked for fills no result', async () => {
  const values = Array.from({ length: 20_000 }, (_, index) => [
    String(1_700_000_000_000_000_000n + BigInt(index)),
    'x'.repeat(300),
  ]);
  const data = { resultType: 'streams', result: [{ stream: { namespace: 'shop' }, values }] };
  attack.twin().behaviour.instead = (response) => response.end(JSON.stringify({ status: 'success', data }));
  const answer = await attack.read('loki_query_range', 'shop', { limit: 5000 });
  expect(answer).toMatchObject({ truncated: true });
  expect((answer.result as unknown[]).length).toBeLessThanOrEqual(500);
  expect(JSON.stringify(answer).length).toBeLessThan(256 * 1024);
});

test('a line of megabytes is cut', async () => {
  const data = {
    resultType: 'streams',
    result: [{ stream: { namespace: 'shop' }, values: [['1700000000000000000', 'x'.repeat(4 * 2 ** 20)]] }],
  };
  attack.twin().behaviour.instead = (response) => response.end(JSON.stringify({ status: 'success', data }));
  const { result } = await attack.read('loki_query_range', 'shop', {});
  expect(result).toMatchObject([{ cut_from: 4 * 2 ** 20 }]);
  expect(JSON.stringify(result).length).toBeLessThan(3000);
});
