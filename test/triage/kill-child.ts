import fs from 'node:fs/promises';
import { assemble } from '../../src/assemble.ts';
import { ownTools } from '../../src/cli/serve-triage.ts';
import { SERVICES_BY_TYPE } from '../../src/services/by-type.ts';
import { servicesByType } from '../../src/toolset/service-source.ts';
import { openTriage } from '../../src/triage/open-triage.ts';

/**
 * Works on one alert, and kills itself around the n-th line of the run's journal: before it, in the middle of it, or
 * after it; 0 for never.
 */
const [topology = '', data = '', alert = '', moment = '', how = ''] = process.argv.slice(2);
let left = Number(moment);
const die = () => process.kill(process.pid, 'SIGKILL');

const probe = await fs.open(topology);
const prototype: { write: (bytes: Buffer, ...rest: unknown[]) => Promise<unknown> } =
  Object.getPrototypeOf(probe);
await probe.close();
const { write } = prototype;
prototype.write = async function (bytes, ...rest) {
  if (!Buffer.isBuffer(bytes) || !bytes.toString('utf8', 0, 8).startsWith('{"line":'))
    return write.call(this, bytes, ...rest);
  left -= 1;
  if (left !== 0) return write.call(this, bytes, ...rest);
  if (how === 'torn') await write.call(this, bytes, 0, Math.floor(bytes.length / 2), rest[2]);
  if (how === 'after') await write.call(this, bytes, ...rest);
  die();
};

const stackward = await assemble({
  topology,
  data,
  env: process.env,
  services: servicesByType(SERVICES_BY_TYPE),
  watch: false,
  report: () => {},
});
const tools = await ownTools(stackward, 'triage');
const desk = openTriage(stackward, { tools, limits: { windowMs: 40, lookEveryMs: 10 } });
const { ended } = await desk.open(JSON.parse(alert));
await ended;
await desk.close();
await tools.close();
await stackward.close();
