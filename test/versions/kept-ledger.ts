import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assemble } from '../../src/assemble.ts';
import { servicesAtHand } from '../../src/toolset/service-source.ts';
import { openLedger } from './ledger-service.ts';

/** Entries that are written to a file at each change. */
function keptIn(file: string): Map<string, string> {
  const entries = new Map<string, string>(JSON.parse(readFileSync(file, 'utf8')));
  const { set, delete: remove } = entries;
  const keep = () => writeFileSync(file, JSON.stringify([...entries]));
  entries.set = (key, value) => {
    set.call(entries, key, value);
    keep();
    return entries;
  };
  entries.delete = (key) => {
    const wasThere = remove.call(entries, key);
    keep();
    return wasThere;
  };
  return entries;
}

/** A Stackward over the topology of a folder, whose ledgers outlive the process. */
export async function openKept(folder: string) {
  const { ledger, services } = openLedger(keptIn(join(folder, 'ledger.json')));
  const stackward = await assemble({
    topology: join(folder, 'topology.yaml'),
    data: join(folder, 'data'),
    env: { MCP_WEB_WRITE_ACCESS: 'true', MCP_BOOKS_WRITE_ACCESS: 'true', MCP_VAULT_WRITE_ACCESS: 'true' },
    services: servicesAtHand(services),
    watch: false,
    report: () => {},
  });
  return { stackward, ledger };
}
