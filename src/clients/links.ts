import { type Client, ClientError } from './client.ts';
import type { Written } from './entry.ts';

/** A link that adds a server to a client, and the form of it that web pages let through. */
export interface InstallLink {
  readonly link: string;
  readonly web: string;
}

/**
 * A link that asks the client's human whether to add a server. It holds what the client's file would hold.
 *
 * VS Code: https://code.visualstudio.com/api/extension-guides/ai/mcp, Cursor: https://cursor.com/docs/mcp/install-links
 *
 * @throws ClientError when the client knows no such links
 */
export function installLink(client: Client, name: string, { entry, inputs }: Written): InstallLink {
  if (client.id === 'vscode') {
    const config = { name, ...entry, ...(inputs.length > 0 ? { inputs } : {}) };
    const link = `vscode:mcp/install?${encodeURIComponent(JSON.stringify(config))}`;
    return { link, web: `https://insiders.vscode.dev/redirect?url=${encodeURIComponent(link)}` };
  }
  if (client.id === 'cursor') {
    const config = encodeURIComponent(Buffer.from(JSON.stringify(entry)).toString('base64'));
    const query = `name=${encodeURIComponent(name)}&config=${config}`;
    return {
      link: `cursor://anysphere.cursor-deeplink/mcp/install?${query}`,
      web: `https://cursor.com/en/install-mcp?${query}`,
    };
  }
  throw new ClientError(`${client.title} knows no links that install a server; cursor and vscode do`);
}
