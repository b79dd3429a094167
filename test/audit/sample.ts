import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { AuditLog } from '../../src/audit/audit-log.ts';
import { type AuditLogOptions, openAuditLog } from '../../src/audit/log.ts';
import { requestOf, responseOf } from './calls.ts';

/** A folder for one test, removed after it. */
export function auditDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'stackward-audit-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Opens a log that keeps no reserve and collects what it reports. */
export async function openLog(
  dir: string,
  options: Partial<AuditLogOptions> = {},
): Promise<{ log: AuditLog; reports: string[] }> {
  const reports: string[] = [];
  const onReport = (message: string) => reports.push(message);
  return { log: await openAuditLog({ dir, reserveBytes: 0, onReport, ...options }), reports };
}

/** Records `count` whole calls, named after `prefix`. */
export async function recordCalls(log: AuditLog, count: number, prefix = 'call'): Promise<void> {
  for (let index = 1; index <= count; index += 1) {
    log.append(requestOf(`${prefix}-${index}`));
    await log.append(responseOf(`${prefix}-${index}`)).durable;
  }
}

/** A closed log of `count` calls, with a checkpoint every five records. */
export async function closedLog(count: number, options: Partial<AuditLogOptions> = {}): Promise<string> {
  const dir = auditDir();
  const { log } = await openLog(dir, { checkpointEvery: 5, ...options });
  await recordCalls(log, count);
  await log.close();
  return dir;
}

export const chainFolder = (dir: string, chain = '0001') => join(dir, 'chains', chain);

export const segmentsOf = (dir: string, chain = '0001') =>
  readdirSync(chainFolder(dir, chain))
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .map((name) => join(chainFolder(dir, chain), name));

/** The only segment of a small log. */
export function onlySegment(dir: string): string {
  const [path, ...more] = segmentsOf(dir);
  if (path === undefined || more.length > 0) throw new Error('the log should have exactly one segment');
  return path;
}

/** Changes the lines of a log's only segment. */
export function editLines(dir: string, edit: (lines: string[]) => string[]): void {
  const path = onlySegment(dir);
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  writeFileSync(path, `${edit(lines).join('\n')}\n`);
}
