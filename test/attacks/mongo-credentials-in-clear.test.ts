import { afterAll, beforeAll, expect, test } from 'vitest';
import { find } from '../../src/services/mongodb/tools/find.ts';
import { type Lab, openLab, openMongo } from '../services/mongodb/lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

test('a server that speaks no TLS where it should gets neither name nor proof', async () => {
  lab.forget();
  const mongo = openMongo(lab.tap.port, undefined, { tls: true });
  const asked = mongo.read(find, 'shop', { collection: 'orders' });
  await expect(asked).rejects.toMatchObject({ code: 'unreachable' });
  const sent = lab.tap.sent();
  // The first record of a TLS handshake.
  expect(sent[0]).toBe(0x16);
  for (const word of ['reader', 'saslStart', 'twin-pass-word', 'stackward'])
    expect(sent.includes(word)).toBe(false);
});

test('logging in sends the name and a proof, never the password', async () => {
  lab.forget();
  const mongo = openMongo(lab.tap.port);
  await mongo.read(find, 'shop', { collection: 'orders' });
  const sent = lab.tap.sent();
  expect(sent.includes('SCRAM-SHA-256')).toBe(true);
  expect(sent.includes('twin-pass-word')).toBe(false);
  expect(sent.includes(Buffer.from('twin-pass-word').toString('base64'))).toBe(false);
});
