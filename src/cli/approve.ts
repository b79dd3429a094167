import { userInfo } from 'node:os';
import { decideApproval } from '../server/decisions.ts';
import { EXIT, type TopologyOptions, type World, writeJson, writeLine } from './command.ts';
import { openStackward } from './open.ts';
import { bold, dim, table } from './print.ts';

export interface ApproveOptions extends TopologyOptions {
  readonly refuse?: boolean;
  readonly reason: string;
  readonly by?: string;
}

/** `stackward approve`: lists what waits for a human, or records a human's answer and audits it. */
export async function approve(
  id: string | undefined,
  options: ApproveOptions,
  world: World,
): Promise<number> {
  const stackward = await openStackward(options, world);
  try {
    if (id === undefined)
      return list(
        (await stackward.approvals.list()).filter((one) => one.state === 'waiting'),
        options,
        world,
      );
    const asked = (await stackward.approvals.list()).find((one) => one.id === id);
    const by = options.by ?? userInfo().username;
    const decision = options.refuse ? 'refused' : 'approved';
    await decideApproval(stackward, { id, decision, by, reason: options.reason });
    if (options.json) writeJson(world.stdout, { id, decision, by, reason: options.reason });
    else {
      // The id may have come from the one who asks: whoever decides sees what it stands for.
      if (asked) show(asked, world);
      writeLine(
        world.stdout,
        `${decision} ${id}${options.refuse ? '' : '; the same call may now be made once'}`,
      );
    }
    return EXIT.ok;
  } finally {
    await stackward.close();
  }
}

interface Waiting {
  readonly id: string;
  readonly principal: string;
  readonly tool: string;
  readonly target: string;
  readonly args: unknown;
  readonly why: string;
  readonly resources: readonly string[];
  readonly way_back: string;
  readonly expires: string;
}

function list(waiting: readonly Waiting[], options: ApproveOptions, world: World): number {
  if (options.json) writeJson(world.stdout, waiting);
  else if (waiting.length === 0) writeLine(world.stdout, 'Nothing waits for approval.');
  for (const one of options.json ? [] : waiting) show(one, world);
  return EXIT.ok;
}

function show(one: Waiting, world: World): void {
  writeLine(
    world.stdout,
    `${bold(one.id)}  ${one.principal} wants ${bold(one.tool)} on ${one.target}  ${dim(`until ${one.expires}`)}`,
  );
  const rows = [
    ['why', one.why],
    ['changes', one.resources.map((name) => JSON.stringify(name)).join(', ')],
    ['arguments', JSON.stringify(one.args)],
    ['way back', one.way_back],
  ];
  writeLine(world.stdout, table(rows, { indent: 2 }));
}
