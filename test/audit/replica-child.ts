import { readFileSync } from 'node:fs';
import { signerOf } from '../../src/audit/keys.ts';
import { openPostgresAudit } from '../../src/audit/postgres/open-postgres-audit.ts';
import { openDatabase } from '../../src/store/postgres/database.ts';
import { callForEver, requestOf } from './calls.ts';

// A replica to be paused or killed. `load`: 16 callers record calls for ever and print each record that is durable.
// `one`: records one request, prints its chain and number, and at each line of its input the next, or why it could not.
const [mode, url = '', schema = '', keyFile = '', silentMs = '20000'] = process.argv.slice(2);
const print = (text: string) => process.stdout.write(`${text}\n`);

const database = await openDatabase({ url, schema });
const { log } = await openPostgresAudit(database, {
  signer: signerOf(readFileSync(keyFile, 'utf8')),
  silentMs: Number(silentMs),
  onReport: (message) => print(`report ${message}`),
});
print(`ready ${log.status().chain}`);

/** Appends in the very turn in which the input came, before anything of this process can have noticed the pause. */
function appendOne(call: string): void {
  const { chain } = log.status();
  try {
    const { seq, durable } = log.append(requestOf(call));
    durable.then(
      () => print(`durable ${chain} ${seq} ${call}`),
      () => print(`rejected ${chain} ${call}`),
    );
  } catch {
    print(`refused ${chain} ${call}`);
  }
}

if (mode === 'load')
  await Promise.all(Array.from({ length: 16 }, (_, caller) => callForEver(log, caller, print)));
else {
  appendOne('first');
  process.stdin.on('data', (bytes) => appendOne(bytes.toString().trim()));
}
