import { userInfo } from 'node:os';
import { type KillSwitch, type KillSwitchState, openKillSwitch } from '../gate/kill-switch.ts';
import { openStores } from '../open-stores.ts';
import { throwKillSwitch } from '../server/decisions.ts';
import {
  EXIT,
  envOf,
  type TopologyOptions,
  UsageError,
  type World,
  writeJson,
  writeLine,
} from './command.ts';
import { dataDirOf, openStackward } from './open.ts';

export interface KillSwitchOptions extends TopologyOptions {
  readonly reason?: string;
  readonly by?: string;
}

/** `stackward kill-switch on|off|status`: stops every write of everybody, at once, or opens writes again. */
export async function killSwitch(action: string, options: KillSwitchOptions, world: World): Promise<number> {
  const stores = await openStores(dataDirOf(options, world), { env: envOf(options, world) });
  try {
    const own = openKillSwitch(stores.documents('stack'));
    if (action === 'status') return tell(await own.read(), options, world);
    if (action !== 'on' && action !== 'off')
      throw new UsageError(`'${action}' is not one of on, off and status`);
    const { reason = '', by = userInfo().username } = options;
    if (reason.trim() === '') throw new UsageError('say why with --reason; it is kept and audited');
    return tell(await flip(own, action === 'on', { by, reason }, options, world), options, world);
  } finally {
    await stores.close();
  }
}

/** A topology that does not hold, or an audit that cannot be written, must not keep writes from being stopped. */
async function flip(
  own: KillSwitch,
  on: boolean,
  who: { by: string; reason: string },
  options: KillSwitchOptions,
  world: World,
): Promise<KillSwitchState> {
  if (on) await own.set(true, who);
  const stackward = await openStackward(options, world);
  try {
    return await throwKillSwitch(stackward, { on, ...who });
  } finally {
    await stackward.close();
  }
}

function tell(state: KillSwitchState, options: KillSwitchOptions, world: World): number {
  if (options.json) writeJson(world.stdout, state);
  else if (state.by === undefined) writeLine(world.stdout, 'off; it was never thrown');
  else
    writeLine(
      world.stdout,
      `${state.on ? 'on: nobody writes' : 'off'}; by ${state.by} at ${state.at}: ${state.reason}`,
    );
  return EXIT.ok;
}
