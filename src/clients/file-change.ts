import type { Client } from './client.ts';
import { type ConfigFile, readConfig, replaceConfig } from './config-file.ts';
import type { Written } from './entry.ts';
import type { JsonText } from './json-edit.ts';
import { type Change, putServer, takeServer } from './server-entry.ts';

/** A change of a client's file that is worked out and not made yet. */
export interface PlannedChange {
  readonly file: ConfigFile;
  readonly change: Change;
  /** Makes it. Returns the path of the former content, where there was any; nothing is written when nothing changes. */
  make(): Promise<string | undefined>;
}

/** The place of a client's file, and the folder that it may not lead out of. */
export interface Place {
  readonly path: string;
  readonly within?: string;
}

/** Works out how a server comes into a client's file. @throws ClientError */
export async function planPut(
  client: Client,
  place: Place,
  name: string,
  written: Written,
  replace: boolean,
): Promise<PlannedChange> {
  return plan(client, place, (json) => putServer(client, json, name, written, replace));
}

/** Works out how a server comes out of a client's file. @throws ClientError */
export async function planTake(client: Client, place: Place, name: string): Promise<PlannedChange> {
  return plan(client, place, (json) => takeServer(client, json, name));
}

/** The whole file of a client that has no other server. */
export const wholeFile = (client: Client, name: string, written: Written): string =>
  putServer(client, nothingIn(client, client.title), name, written).text;

async function plan(
  client: Client,
  { path, within }: Place,
  edit: (json: JsonText) => Change,
): Promise<PlannedChange> {
  const file = await readConfig(path, within);
  const json =
    file.text === undefined
      ? nothingIn(client, path)
      : { text: file.text, name: path, lenient: client.readsComments };
  const change = edit(json);
  const changes = change.kind !== 'unchanged' && change.kind !== 'absent';
  return { file, change, make: async () => (changes ? replaceConfig(file, change.text) : undefined) };
}

const nothingIn = (client: Client, name: string): JsonText => ({
  text: `{\n  "${client.key}": {\n  }\n}\n`,
  name,
  lenient: client.readsComments,
});
