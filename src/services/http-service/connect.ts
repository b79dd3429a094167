import { readFile } from 'node:fs/promises';
import type { Connector, Endpoint } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { openClient } from './client.ts';
import { type HttpConnection, warningOf } from './connection.ts';
import type { HttpTypes } from './tool.ts';

/** Opens clients of one HTTP service. Nothing is sent until a tool asks. */
export const connector: Connector<HttpTypes, HttpConnection> = {
  async openReader(endpoint) {
    const warning = warningOf(endpoint.connection);
    if (warning !== undefined) endpoint.warn(warning);
    const { reader, close } = await open(endpoint);
    return { client: reader, close: async () => close() };
  },
  async openWriter(endpoint) {
    const { writer, close } = await open(endpoint);
    return { client: writer, close: async () => close() };
  },
  async openRehearsal(endpoint) {
    const { rehearsal, close } = await open(endpoint);
    return { client: rehearsal, triesAgain: true, close: async () => close() };
  },
};

async function open({ connection }: Endpoint<HttpConnection>) {
  return openClient(
    connection,
    connection.ca_file === undefined ? undefined : await authority(connection.ca_file),
  );
}

async function authority(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new ToolError('setting_unavailable', `the ca_file ${file} could not be read`, { cause });
  }
}
