import { documents } from './0001-documents.ts';
import { store } from './0002-store.ts';
import { audit } from './0003-audit.ts';
import type { Migration } from './migration.ts';

/** Every step, in order. */
export const MIGRATIONS: readonly Migration[] = [documents, store, audit];
