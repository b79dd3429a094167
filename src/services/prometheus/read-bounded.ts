import { ToolError } from '../../toolset/errors.ts';

/**
 * The text of a response, of at most `most` bytes after decompression. Past that the stream is given up, so
 * that no answer can fill this process' memory; throws ToolError('result_too_large').
 */
export async function readBounded(response: Response, most: number): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks).toString('utf8');
    bytes += value.byteLength;
    if (bytes > most) {
      await reader.cancel().catch(() => {});
      throw tooLarge(most);
    }
    chunks.push(value);
  }
}

const tooLarge = (most: number) =>
  new ToolError(
    'result_too_large',
    `the answer is over ${Math.round(most / 2 ** 20)} MiB; ask for fewer series with matchers or an aggregation, or for a shorter time`,
  );
