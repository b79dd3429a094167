import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import { parse, stringify } from 'yaml';

const run = promisify(execFile);
const SOURCE = new URL('main.go', import.meta.url).pathname;

/** The twin of `helm template`, built. */
export interface HelmTwin {
  /** Rendered text by the template's name. Rejects with what the chart said, or with what its schema says of the values. */
  template(
    chart: string,
    values: unknown,
    at: { release: string; namespace: string },
  ): Promise<ReadonlyMap<string, string>>;
  close(): Promise<void>;
}

/** Builds it with Go and Debian's copy of sprig, the library of helm's functions. */
export async function openHelmTwin(): Promise<HelmTwin> {
  const folder = await mkdtemp(join(tmpdir(), 'helm-twin-'));
  const program = join(folder, 'helm-template');
  const env = {
    ...process.env,
    GO111MODULE: 'off',
    GOPATH: '/usr/share/gocode',
    GOCACHE: join(folder, 'cache'),
  };
  await run('go', ['build', '-o', program, SOURCE], { env });
  return {
    async template(chart, values, { release, namespace }) {
      await assertValues(chart, values);
      const file = join(folder, 'values.yaml');
      await writeFile(file, stringify(values));
      const { stdout } = await run(program, [chart, file, release, namespace]);
      return new Map(Object.entries(JSON.parse(stdout) as Record<string, string>));
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** As helm does before it renders: the defaults, too, have to fit the chart's own schema. */
async function assertValues(chart: string, values: unknown): Promise<void> {
  const { $schema: _draft, ...schema } = JSON.parse(
    await readFile(join(chart, 'values.schema.json'), 'utf8'),
  );
  const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);
  const defaults: unknown = parse(await readFile(join(chart, 'values.yaml'), 'utf8'));
  for (const some of [defaults, values])
    if (!validate(some))
      throw new Error(
        `values: ${validate.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`).join('; ')}`,
      );
}
