/**
 * What must never happen does not compile. Each case below is followed by a use that does, so that an error for
 * another reason would show. The compiler reports an unused '@ts-expect-error', so a rule that is lost fails the check.
 */
import { z } from 'zod';
import type { AuditLog } from '../../src/audit/audit-log.ts';
import type { DurableIntent, PendingIntent } from '../../src/audit/intent.ts';
import type { EventRecord } from '../../src/audit/record.ts';
import { executeWrite, type Withheld } from '../../src/call/execute.ts';
import type { CapturedWrite } from '../../src/call/stages.ts';
import type { Secret } from '../../src/secrets/secret.ts';
import { type Connector, type JsonValue, toolsOf } from '../../src/toolset/define.ts';
import type { WriteGrant } from '../../src/toolset/grant.ts';

interface Reader {
  look(): Promise<number>;
}
interface Writer {
  change(): Promise<void>;
}
type Example = { Reader: Reader; Writer: Writer; Entry: Record<string, never> };
const tool = toolsOf<Example>();
const frame = {
  name: 'example',
  title: 'Example',
  description: 'Example.',
  reach: 'component',
  params: z.strictObject({}),
  output: z.strictObject({ kind: z.enum(['a', 'b']) }),
} as const;
const scope = () => ({ resources: ['one'], atMost: 1 });

// A write tool without an effect.
// @ts-expect-error
tool({ ...frame, access: 'write', scope, run: async (_context) => ({ kind: 'a' }) });
tool({
  ...frame,
  access: 'write',
  scope,
  effect: { kind: 'update', irreversible: 'it is' },
  run: async (_context) => ({ kind: 'a' }),
});

// A write tool that says neither how it is taken back nor why it cannot be.
tool({
  ...frame,
  access: 'write',
  scope,
  // @ts-expect-error
  effect: { kind: 'update' },
  run: async (_context) => ({ kind: 'a' }),
});

// A write tool with a way back that says neither how it is read back nor why it cannot be.
const back = {
  kind: 'update',
  way: 'puts it back',
  capture: async () => null,
  revert: async () => {},
} as const;
tool({
  ...frame,
  access: 'write',
  scope,
  // @ts-expect-error
  effect: back,
  run: async (_context) => ({ kind: 'a' }),
});
tool({
  ...frame,
  access: 'write',
  scope,
  effect: { ...back, unverifiable: 'it shows nothing' },
  run: async (_context) => ({ kind: 'a' }),
});
tool({
  ...frame,
  access: 'write',
  scope,
  effect: { ...back, isBack: async () => true },
  run: async (_context) => ({ kind: 'a' }),
});

// A read tool reaching a write client.
tool({
  ...frame,
  access: 'read',
  run: async ({ client }) => {
    // @ts-expect-error
    await client.change();
    await client.look();
    return { kind: 'b' };
  },
});

// A read tool with an effect.
tool({
  ...frame,
  access: 'read',
  // @ts-expect-error
  effect: { kind: 'update', irreversible: 'no' },
  run: async (_context) => ({ kind: 'a' }),
});

// A write without a grant.
export async function write(
  connector: Connector<Example, object>,
  endpoint: Parameters<typeof connector.openWriter>[0],
  grant: WriteGrant,
) {
  // @ts-expect-error
  await connector.openWriter(endpoint);
  // @ts-expect-error
  await connector.openWriter(endpoint, { callId: '1', principal: 'a', tool: 'b', target: 'c' });
  await connector.openWriter(endpoint, grant);
}

// An execution without a durable intent: neither none, nor one that is still on its way.
export async function execute(
  call: CapturedWrite,
  pending: PendingIntent,
  durable: DurableIntent,
  deps: Parameters<typeof executeWrite>[1],
) {
  const { intent: _, ...without } = call;
  // @ts-expect-error
  await executeWrite(without, deps);
  // @ts-expect-error
  await executeWrite({ ...call, intent: pending }, deps);
  await executeWrite({ ...call, intent: durable }, deps);
}

// A read's result before its intent is durable.
export function release(withheld: Withheld, pending: PendingIntent, durable: DurableIntent) {
  // @ts-expect-error
  withheld.release(pending);
  // @ts-expect-error
  withheld.release();
  withheld.release(durable);
}

// A secret in an audit record, in anything that is JSON, or in a log line.
export function record(log: AuditLog, secret: Secret, event: EventRecord) {
  // @ts-expect-error
  log.append({ ...event, detail: secret });
  // @ts-expect-error
  log.append({ ...event, detail: { password: secret } });
  log.append({ ...event, detail: { password: secret.label } });
  // @ts-expect-error
  const json: JsonValue = [secret];
  return json;
}

// A secret where a string is wanted. Template strings take any type; scripts/check-house.ts refuses those.
export function print(secret: Secret, line: (text: string) => void) {
  // @ts-expect-error
  line(secret);
  line(secret.label);
}
