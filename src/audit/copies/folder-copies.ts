import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFile } from '../../store/files/durable-file.ts';
import { type CheckpointCopies, copyName } from './checkpoint-copy.ts';

/** Copies into a folder, such as one of another machine that is mounted here. */
export const folderCopies = (folder: string): CheckpointCopies => ({
  name: folder,
  async put(number, line) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, copyName(number));
    const content = `${line}\n`;
    if (await createFile(path, content, 0o600)) return;
    if ((await readFile(path, 'utf8')) !== content) throw new Error(`${path} is another audit’s checkpoint`);
  },
});
