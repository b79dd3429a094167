import { Writable } from 'node:stream';
import { runCli } from '../../src/cli/cli.ts';

/** What one command printed, without colours, and how it ended. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command in this process as a shell would, with nothing of the real environment. */
export async function run(argv: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const sink = () => {
    const chunks: string[] = [];
    const stream = new Writable({
      write(chunk, _encoding, done) {
        chunks.push(String(chunk));
        done();
      },
    });
    return { stream, text: () => chunks.join('') };
  };
  const [stdout, stderr] = [sink(), sink()];
  const code = await runCli(argv, { env, stdout: stdout.stream, stderr: stderr.stream });
  return { code, out: stdout.text(), err: stderr.text() };
}
