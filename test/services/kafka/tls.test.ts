import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../../src/secrets/secret.ts';
import { connector } from '../../../src/services/kafka/connect.ts';
import { CERTIFICATE, EXPIRED, KEY } from '../http-service/certificates.ts';
import { closeLab, type Lab, LIMITS, openLab, REACH } from './fixture.ts';

const login = { mechanisms: ['PLAIN'], user: 'stackward', password: 'only-over-tls' };
let lab: Lab;
let folder: string;
beforeEach(async () => {
  lab = await openLab({ login });
  folder = await mkdtemp(join(tmpdir(), 'stackward-kafka-'));
});
afterEach(async () => {
  await closeLab(lab);
  await rm(folder, { recursive: true });
});

/** Speaks TLS before the twin, which then advertises this address. */
async function wrap(cert: string) {
  const node = lab.twin.nodes[0];
  const inner = node?.port ?? 0;
  const server = createServer({ key: KEY, cert }, (socket) => {
    const plain = connect(inner, '127.0.0.1');
    socket.on('error', () => plain.destroy()).on('close', () => plain.destroy());
    plain.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.pipe(plain).pipe(socket);
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  if (node) node.port = port;
  return { port, close: () => server.close() };
}

test.each([
  ['nobody vouches for', CERTIFICATE],
  ['is expired', EXPIRED],
])('a certificate that %s ends the call before the password is sent', async (_what, cert) => {
  const tls = await wrap(cert);
  const { client, close } = await connector.openReader({
    component: 'bus',
    sub: 'it',
    entry: REACH,
    limits: LIMITS,
    warn: () => {},
    connection: {
      brokers: [`127.0.0.1:${tls.port}`],
      tls: true,
      advertised: 'declared',
      sasl: { mechanism: 'plain', user: 'stackward', password: new Secret('password', login.password) },
    },
  });
  await expect(client.topics(new AbortController().signal)).rejects.toMatchObject({
    code: 'unreachable',
    detail: expect.stringContaining('certificate'),
  });
  expect(lab.twin.logins()).toHaveLength(0);
  await close();
  tls.close();
});

test.each(['127.0.0.1', 'localhost'])(
  'a certificate that is valid for %s opens the cluster',
  async (host) => {
    const tls = await wrap(CERTIFICATE);
    const node = lab.twin.nodes[0];
    if (node) node.host = host;
    const authority = join(folder, 'ca.pem');
    await writeFile(authority, CERTIFICATE);
    // Whom Node trusts is settled when it starts, so this runs in a process of its own.
    const at = new URL('../../../src/', import.meta.url).href;
    const code = `
    import { Secret } from '${at}secrets/secret.ts';
    import { connector } from '${at}services/kafka/connect.ts';
    const { client, close } = await connector.openReader({
      component: 'bus', sub: 'it', entry: ${JSON.stringify(REACH)}, limits: ${JSON.stringify(LIMITS)}, warn() {},
      connection: {
        brokers: ['${host}:${tls.port}'], tls: true, advertised: 'declared',
        sasl: { mechanism: 'plain', user: 'stackward', password: new Secret('password', '${login.password}') },
      },
    });
    console.log((await client.topics(new AbortController().signal)).map(({ name }) => name).join());
    await close();`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: authority },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
    });
    // It ends by itself: nothing that was opened keeps the process.
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
    expect(printed.trim()).toBe('orders,orders.dead');
    tls.close();
  },
);
