import { writeFile } from 'node:fs/promises';
import { serveStdioFor } from '../../src/server/stdio.ts';
import { openFixtureStack } from '../server/stackward.ts';

/** Serves the fixture over stdio, following its topology file, whose path it writes to the file named first. */
const [pathFile, principal] = process.argv.slice(2);
const fixture = await openFixtureStack({ watch: true });
if (pathFile) await writeFile(pathFile, fixture.file);
await serveStdioFor(fixture.stackward, { principal }).ended;
await fixture.close();
