import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { openAuditLog } from '../../src/audit/log.ts';
import type { SegmentFile } from '../../src/audit/segments.ts';
import { callForEver, requestOf } from './calls.ts';

// A process to be killed. `load DIR`: 64 callers record calls for ever and print each record that is durable.
// `orphans DIR COUNT`: records requests alone, prints `ready` and waits. `die DIR BYTES`: kills itself once it
// has written that many bytes while it opens the log.
const [mode, dir = '', number = '0'] = process.argv.slice(2);
const print = (text: string) => process.stdout.write(`${text}\n`);

/** Writes no more than a number of bytes, then kills the process in the middle of a write. */
async function openDying(path: string, left: number): Promise<SegmentFile> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT);
  return {
    write: async (bytes, offset, length, position) => {
      await file.write(bytes, offset, Math.min(length, left), position);
      if (length >= left) process.kill(process.pid, 'SIGKILL');
      return { bytesWritten: length };
    },
    datasync: () => file.datasync(),
    truncate: (size) => file.truncate(size),
    close: () => file.close(),
  };
}

if (mode === 'load') {
  const log = await openAuditLog({ dir, reserveBytes: 0, checkpointEvery: 100, maxSegmentBytes: 200_000 });
  print('ready');
  await Promise.all(Array.from({ length: 64 }, (_, caller) => callForEver(log, caller, print)));
} else if (mode === 'orphans') {
  const log = await openAuditLog({ dir, reserveBytes: 0 });
  const appended = Array.from({ length: Number(number) }, (_, index) =>
    log.append(requestOf(`orphan-${index}`)),
  );
  await Promise.all(appended.map(({ durable }) => durable));
  print('ready');
  setInterval(() => {}, 1000);
} else if (mode === 'die') {
  await openAuditLog({ dir, reserveBytes: 0, open: (path) => openDying(path, Number(number)) });
  print('survived');
}
