import { open } from 'node:fs/promises';

/** The code of a failure of the file system, such as ENOENT. */
export const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

/** For `catch`: false for a failure of this code, and any other goes on. */
export const unless =
  (code: string) =>
  (error: unknown): false => {
    if (codeOf(error) === code) return false;
    throw error;
  };

/** Makes the entries of a folder durable. Windows cannot open a folder; its file systems journal entries themselves. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const opened = await open(folder, 'r');
  await opened.sync().finally(() => opened.close());
}
