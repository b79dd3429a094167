import { expect, test } from 'vitest';
import { openMockShop } from '../console/mock-shop.ts';

/** The flaw: a stream that was opened by an operator goes on telling once the operator is none any more. */
test('a stream of runs ends with the token, before anything more is told', async () => {
  const shop = await openMockShop({ paceMs: 150 });
  const { id, token } = await shop.token('stack');
  await shop.token('stack');
  const signed = await shop.post('session', { token });
  const cookie = String(signed.headers.get('set-cookie')).split(';')[0] ?? '';
  const { runs, ended } = shop.incidents.drills.start('bad-deploy');
  const answer = await fetch(`${shop.url}/console/api/runs/events?run=${runs.hardened}`, {
    headers: { cookie },
  });
  let told = '';
  for await (const chunk of answer.body ?? []) {
    told += Buffer.from(chunk).toString();
    if (told.includes('"progress"')) await shop.tokens.remove(id);
  }
  expect(told).toMatch(/event: ended\ndata: \{\}\n\n$/);
  expect(told).not.toContain('"type":"done"');
  expect((await ended).hardened.ending).toBe('healed');
});
