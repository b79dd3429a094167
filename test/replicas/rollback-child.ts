import { assemble } from '../../src/assemble.ts';
import { STACK_PRINCIPAL } from '../../src/toolset/reach.ts';
import { servicesAtHand } from '../../src/toolset/service-source.ts';
import { openLedger } from '../versions/ledger-service.ts';

// `rollback-child FILE DATA TO`: rolls back as a replica of its own. It says `step` before each way back and waits
// half a second in it, and says at its end what it did.
const [file = '', data = '', to = ''] = process.argv.slice(2);
const { ledger, services } = openLedger();
// Its service is its own, as the writes of the other replica left it.
ledger.entries.set('books/k', '4');
const stackward = await assemble({
  topology: file,
  data,
  env: process.env,
  services: servicesAtHand(services),
  watch: false,
  report: () => {},
});
ledger.before = async () => {
  process.stdout.write('step\n');
  await new Promise((resolve) => setTimeout(resolve, 500));
};
const plan = await stackward.history.plan(STACK_PRINCIPAL, Number(to));
const end = await stackward.history.rollbacks
  .begin(
    { to: Number(to), digest: plan.digest },
    { principal: STACK_PRINCIPAL, by: 'child', signal: new AbortController().signal },
  )
  .then(
    () => 'ended',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'failed'),
  );
process.stdout.write(`${JSON.stringify({ end, done: ledger.done })}\n`);
await stackward.close();
