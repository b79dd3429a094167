#!/usr/bin/env node
import { runCli } from './cli/cli.ts';

// A reader such as `head` may leave early; the command still ends in order, its audit closed.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
});
