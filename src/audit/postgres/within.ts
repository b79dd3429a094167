import { StoreError } from '../../store/documents.ts';

/** The result of some work, or a StoreError once it took too long; then nobody knows whether it was done. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StoreError(`the database did not answer within ${ms} ms`)), ms);
  });
  // Whatever becomes of it later, somebody else finds out.
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
