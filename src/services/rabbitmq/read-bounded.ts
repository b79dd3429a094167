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
      throw new ToolError(
        'result_too_large',
        `the broker’s answer is over ${Math.round(most / 2 ** 20)} MiB; name one queue or exchange`,
      );
    }
    chunks.push(value);
  }
}
