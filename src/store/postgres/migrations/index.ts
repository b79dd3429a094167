import { documents } from './0001-documents.ts';
import { audit } from './0002-audit.ts';
import type { Migration } from './migration.ts';

/** Every step, in order. */
export const MIGRATIONS: readonly Migration[] = [documents, audit];
