import {
  type Client,
  ClientError,
  type Entry,
  type HttpLaunch,
  type Input,
  type Launch,
  type Scope,
  type StdioLaunch,
  type Variable,
} from './client.ts';

/** What the ids of a server's questions begin with. A server's name has no dot, so no other server's do. */
export const inputPrefix = (server: string): string => `${server}.`;

/** What is written for one server: its entry, and the questions that the entry refers to. */
export interface Written {
  readonly entry: Entry;
  readonly inputs: readonly Input[];
}

/**
 * What a client's file has to hold for one server. Of a variable its name is in it, never its value.
 * @throws ClientError when this client cannot hold it
 */
export function writtenFor(client: Client, scope: Scope, server: string, launch: Launch): Written {
  if (launch.kind === 'http' && client.urlKey === undefined)
    throw new ClientError(
      `${client.title} takes no server over HTTP from its file; leave --url out, and it starts Stackward itself`,
    );
  const variables = variablesOf(launch);
  if (variables.length > 0 && !client.referencesIn.includes(scope)) throw cannotRefer(client, scope, launch);
  refuseReferences(client, launch);
  const entry = launch.kind === 'http' ? overHttp(client, server, launch) : asProcess(client, server, launch);
  const { input } = client;
  return { entry, inputs: input ? variables.map((one) => input(one, server)) : [] };
}

const variablesOf = (launch: Launch): readonly Variable[] =>
  launch.kind === 'stdio' ? launch.variables : launch.token ? [launch.token] : [];

function asProcess(
  client: Client,
  server: string,
  { command, args, variables, settings }: StdioLaunch,
): Entry {
  const env = {
    ...settings,
    ...Object.fromEntries(variables.map((one) => [one.name, client.reference(one, server)])),
  };
  return {
    ...(client.typed.includes('stdio') ? { type: 'stdio' } : {}),
    command,
    args,
    ...(Object.keys(env).length > 0 ? { env } : {}),
  };
}

function overHttp(client: Client, server: string, { url, token }: HttpLaunch): Entry {
  return {
    ...(client.typed.includes('http') ? { type: 'http' } : {}),
    [client.urlKey ?? 'url']: url,
    ...(token ? { headers: { Authorization: `Bearer ${client.reference(token, server)}` } } : {}),
  };
}

/** A path that holds `${...}` would be replaced by the client: by a variable's value, or by nothing. */
function refuseReferences(client: Client, launch: Launch): void {
  const words = launch.kind === 'http' ? [launch.url] : [launch.command, ...launch.args];
  const odd = words.find((word) => word.includes('${'));
  if (odd !== undefined)
    throw new ClientError(
      `${JSON.stringify(odd)} holds "\${", which ${client.title} may replace; name a path or address without it`,
    );
}

function cannotRefer(client: Client, scope: Scope, launch: Launch): ClientError {
  const names = variablesOf(launch).map(({ name, purpose }) => `  ${name}: ${purpose}`);
  const file =
    launch.kind === 'stdio'
      ? 'say --env-file FILE, a file of NAME=value lines that Stackward reads when it starts; or have the topology read files: {file: PATH}'
      : undefined;
  const project =
    client.referencesIn.includes('project') && scope !== 'project' ? 'say --scope project' : undefined;
  const ways = [file, project].filter((one) => one !== undefined).join('; or ');
  return new ClientError(
    `${client.title}'s ${scope} file cannot name a variable of the environment, and Stackward writes no credential into it. Needed are:\n${names.join('\n')}\n${ways === '' ? 'Another client can' : ways}`,
  );
}
