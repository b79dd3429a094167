import { expect, onTestFinished, test } from 'vitest';
import { shippingAudit } from '../../src/cli/ship-audit.ts';
import { Secret } from '../../src/secrets/secret.ts';
import { openTwin } from '../audit/ship/lab.ts';
import { tapWire } from '../harness/wiretap.ts';
import { openFixtureStack } from '../server/stackward.ts';

const PASSWORD = 'correct-horse-battery';

/** The flaw: what shipping sends was not masked, so a credential in a call lies in a second place. */
test('no credential leaves in a shipped record: it is the masked line of the audit, byte for byte', async () => {
  const fixture = await openFixtureStack();
  onTestFinished(() => fixture.close());
  const twin = await openTwin();
  const tap = await tapWire(twin.port);
  onTestFinished(() => tap.close());
  fixture.stackward.mask.register(new Secret('password', PASSWORD), 'store');
  const options = { env: { STACKWARD_AUDIT_LOKI_URL: `http://127.0.0.1:${tap.port}` }, warn: () => {} };
  await shippingAudit(fixture.stackward, options, async () => {
    for (const value of [
      PASSWORD,
      `postgres://me:${PASSWORD}@db/orders`,
      Buffer.from(PASSWORD).toString('base64'),
    ])
      await fixture.call('box_put', { target: 'store/a', key: 'k', value }, { as: 'helper' });
    await fixture.call('box_get', { target: 'store/a', key: 'k' }, { as: 'helper' });
  });
  const sent = tap.sent().toString('latin1');
  expect(sent).toContain('store.password hmac:');
  for (const form of [PASSWORD, Buffer.from(PASSWORD).toString('base64').slice(0, 20)])
    expect(sent).not.toContain(form);
  expect(twin.streams.flatMap(({ entries }) => entries).length).toBeGreaterThanOrEqual(8);
});
