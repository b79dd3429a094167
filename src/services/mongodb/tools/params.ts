import { z } from 'zod';
import { CollectionName } from '../names.ts';

/** A collection or view; whether the target reaches it is decided at the call. */
export const Collection = CollectionName;

/** A JSON object; what JSON lacks is written as Extended JSON. */
export const Json = z.record(z.string(), z.json());

export const Filter = Json.default({}).describe('Query filter');

/** A pipeline; the guard says what may be in it. */
export const Pipeline = z.array(Json).max(100);

/** Fewer rows than the limit of the component. */
export const Limit = z.number().int().min(1).max(10_000).optional();

/** The most documents that a write may touch. */
export const MaxDocuments = z
  .number()
  .int()
  .min(1)
  .max(100)
  .default(10)
  .describe('More, and nothing changes');

/** An answer's document. */
export const Shown = z.unknown();
