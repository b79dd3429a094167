import type { ClientLimits } from './limits.ts';

export type ClientId = 'claude-desktop' | 'claude-code' | 'cursor' | 'vscode' | 'windsurf';

/** Whose file is written: the user's own, or the one of a project, which is often shared through version control. */
export type Scope = 'user' | 'project';

/** The machine on which a client's file is looked for. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home folder. */
  readonly home: string;
  /** The folder of the project. */
  readonly project: string;
  /** Names in a folder; none where there is no such folder. */
  entries(folder: string): readonly string[];
  exists(path: string): boolean;
}

/** A variable of the environment that the server reads, of which a client's file holds the name, never the value. */
export interface Variable {
  readonly name: string;
  readonly isSecret: boolean;
  /** What it is for: `credentials.password of orders-db`. */
  readonly purpose: string;
}

/** Stackward as a process of the client. */
export interface StdioLaunch {
  readonly kind: 'stdio';
  readonly command: string;
  readonly args: readonly string[];
  readonly variables: readonly Variable[];
  /** Settings that are no secret and stand in the file as they are: write flags. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Stackward as a server that runs already. */
export interface HttpLaunch {
  readonly kind: 'http';
  readonly url: string;
  /** The variable that holds the bearer token; absent where none is asked for. */
  readonly token?: Variable;
}

export type Launch = StdioLaunch | HttpLaunch;

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A server as a client's file has it. */
export type Entry = Readonly<Record<string, Json>>;

/** A question that VS Code asks once, whose answer it keeps. */
export interface Input {
  readonly type: 'promptString';
  readonly id: string;
  readonly description: string;
  readonly password: boolean;
}

/** What is written for one server: its entry, and the questions that the entry refers to. */
export interface Written {
  readonly entry: Entry;
  readonly inputs: readonly Input[];
}

/** One MCP client: where its file lies, what it may hold, and how it says a reference. */
export interface Client {
  readonly id: ClientId;
  readonly title: string;
  /** The key of the file that holds the servers. */
  readonly key: 'mcpServers' | 'servers';
  /** Whether it reads comments and trailing commas. */
  readonly readsComments: boolean;
  /** The file of each scope that it has. */
  readonly files: Readonly<Partial<Record<Scope, (machine: Machine) => string>>>;
  readonly defaultScope: Scope;
  /** Scopes in whose files a variable can be named instead of written out. */
  readonly referencesIn: readonly Scope[];
  /** How the value of a variable is referred to. */
  reference(variable: Variable, server: string): string;
  /** The question that stands behind a reference, where the client asks. */
  input?(variable: Variable, server: string): Input;
  /** The transports that an entry says in `type`; the others are told from its keys. */
  readonly typed: readonly Launch['kind'][];
  /** The key of an address; absent where its file takes no server over HTTP. */
  readonly urlKey?: 'url' | 'serverUrl';
  readonly limits: ClientLimits;
  /** What to do in the client afterwards. */
  readonly next: string;
}

/** A refusal that says what would be accepted. Nothing was changed. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
}
