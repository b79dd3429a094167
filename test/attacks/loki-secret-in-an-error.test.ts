import { expect, test } from 'vitest';
import { Secret } from '../../src/secrets/secret.ts';
import { connector } from '../../src/services/loki/connect.ts';
import { openAttack, TOKEN } from '../services/loki/lab.ts';

const attack = openAttack();
const SECRET = /hunter2|twin-token|10\.0\.0\.7|ledger/;

/** What a server, or a proxy before it, may say of its own. */
test.for([
  [500, `dial tcp 10.0.0.7:9095: authorization: Bearer ${TOKEN}`],
  [400, 'store: open s3://key:hunter2@10.0.0.7/ledger'],
  [400, '{"message":"tenant ledger at 10.0.0.7: hunter2"}'],
  [400, "pipeline error: 'hunter2 10.0.0.7' for series: '{app=\"ledger\"}'."],
  [401, 'parse error at line 1: hunter2'],
  [503, '<html>10.0.0.7 hunter2</html>'],
] as const)('status %s: %s stays there', async ([status, body]) => {
  attack.twin().behaviour.instead = (response) => response.writeHead(status).end(body);
  for (const [tool, args] of [
    ['loki_query_range', {}],
    ['loki_series', {}],
    ['loki_stats', {}],
  ] as const) {
    const error: unknown = await attack.read(tool, 'shop', args).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toMatch(SECRET);
  }
});

test('a token that no header can carry is not quoted', async () => {
  const opening = connector.openReader({
    component: 'logs',
    entry: {},
    connection: { url: 'http://127.0.0.1:9', credentials: { token: new Secret('token', 'hun\nter2') } },
    limits: { rows: 1, bytes: 1, deadlineMs: 1 },
    warn: () => {},
  });
  await expect(opening).rejects.toMatchObject({
    code: 'secret_unavailable',
    detail: expect.not.stringContaining('ter2'),
  });
});
