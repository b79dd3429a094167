import { resolve } from 'node:path';
import { assemble, defaultDataDir, type Settings } from '../assemble.ts';
import { SERVICES_BY_TYPE } from '../services/by-type.ts';
import type { Stackward } from '../stackward.ts';
import { servicesByType } from '../toolset/service-source.ts';
import { dataOf, envOf, type TopologyOptions, topologyOf, type World, writeLine } from './command.ts';

/** The data directory of a command that needs no open stack. */
export const dataDirOf = (options: TopologyOptions, world: World): string =>
  resolve(dataOf(options, world).data ?? defaultDataDir(topologyOf(options, world)));

/** Opens the stack for one command, reporting to standard error. The caller closes it. */
export const openStackward = (
  options: TopologyOptions,
  world: World,
  more: Partial<
    Pick<
      Settings,
      'watch' | 'offersTopology' | 'meter' | 'operatorApproval' | 'report' | 'migrates' | 'toolsLimit'
    >
  > = {},
): Promise<Stackward> =>
  assemble({
    topology: topologyOf(options, world),
    ...dataOf(options, world),
    env: envOf(options, world),
    services: servicesByType(SERVICES_BY_TYPE),
    watch: false,
    report: (level, message) => {
      if (level !== 'info') writeLine(world.stderr, `${level}: ${message}`);
    },
    ...more,
  });
