import type { Precheck } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { Permission, WhoAmI } from './api.ts';
import type { BindingImage } from './definitions.ts';
import { sharedRegex } from './policy-pattern.ts';
import { type Kind, vhostOf } from './scope.ts';
import type { Reading } from './tool.ts';

/** One right on one queue or exchange. */
export interface Need {
  readonly right: keyof Permission;
  readonly kind: Kind;
  readonly name: string;
}

/**
 * What declaring takes. A queue that passes messages on to another exchange, or an exchange that does, is read from
 * and written to as well.
 *
 * @param passesTo its dead-letter or alternate exchange
 * @see https://www.rabbitmq.com/docs/access-control#authorisation
 */
export const toDeclare = (kind: Kind, name: string, passesTo: unknown): Need[] => [
  { right: 'configure', kind, name },
  ...(typeof passesTo === 'string'
    ? [
        { right: 'read', kind, name } as const,
        { right: 'write', kind: 'exchange', name: passesTo || DEFAULT_EXCHANGE } as const,
      ]
    : []),
];
/** The name under which the broker looks up rights on the exchange that has none. */
const DEFAULT_EXCHANGE = 'amq.default';

export const toDelete = (kind: Kind, name: string): Need[] => [{ right: 'configure', kind, name }];

/** What binding and unbinding take. */
export const toBind = ({
  source,
  destination,
  destination_type: kind,
}: Pick<BindingImage, 'source' | 'destination' | 'destination_type'>): Need[] => [
  { right: 'write', kind, name: destination },
  { right: 'read', kind: 'exchange', name: source },
];

/**
 * Whether the account may do what a step needs. The broker tells permissions to administrators alone, so of another
 * account that stays open until the step. Throws ToolError.
 */
export async function rightsAhead(
  { client, target, signal }: Reading,
  needs: readonly Need[],
): Promise<Precheck> {
  if (needs.length === 0) return {};
  const { tags } = await client.get({ path: ['whoami'], shape: WhoAmI }, signal);
  if (!tags.includes('administrator'))
    return { untried: [`whether the account ${client.user} may ${sayAll(needs)}: ${TOLD_TO_FEW}`] };
  const path = ['permissions', vhostOf(target), client.user] as const;
  const permission = await client.get({ path, shape: Permission }, signal).catch(unlessAbsent);
  const judged = needs.map((need) => ({ need, may: permission && may(permission, need) }));
  const denied = judged.filter(({ may }) => may === false);
  const open = judged.filter(({ may }) => may === undefined).map(({ need }) => need);
  return {
    obstacles: denied.map(
      ({ need }) => `the account ${client.user} may not ${say(need)}; stackward check prints what to give`,
    ),
    untried: open.length === 0 ? [] : [`whether the account ${client.user} may ${sayAll(open)}: ${UNTOLD}`],
  };
}

const TOLD_TO_FEW = 'RabbitMQ tells an account’s permissions to administrators alone';
const UNTOLD = 'its permissions are not kept by RabbitMQ itself, or not in words that can be judged here';

const say = ({ right, kind, name }: Need): string =>
  `${right === 'read' ? 'read from' : right === 'write' ? 'write to' : right} the ${kind} ${name}`;

const sayAll = (needs: readonly Need[]): string => [...new Set(needs.map(say))].join(', ');

/** An account that the broker itself does not know was let in by another backend, whose rights it does not show. */
function unlessAbsent(error: unknown): undefined {
  if (error instanceof ToolError && error.code === 'not_found') return undefined;
  throw error;
}

/** The broker compares bytes; an empty expression fits nothing. Undefined where that cannot be told here. */
function may(permission: Permission, { right, name }: Need): boolean | undefined {
  const pattern = permission[right];
  return pattern === '' ? false : sharedRegex(bytesOf(pattern))?.test(bytesOf(name));
}

const bytesOf = (text: string): string => Buffer.from(text).toString('latin1');

/** Whether the account may change policies, which takes a tag and no right to what they apply to. */
export async function policyRightsAhead({ client, signal }: Reading): Promise<Precheck> {
  const { tags } = await client.get({ path: ['whoami'], shape: WhoAmI }, signal);
  if (tags.some((tag) => tag === 'policymaker' || tag === 'administrator')) return {};
  return {
    obstacles: [
      `the account ${client.user} may not change policies, which takes the tag policymaker; stackward check prints what to give`,
    ],
  };
}
