import type { Lab } from '../lab.ts';
import { redis } from './redis.ts';

export const LABS: readonly Lab[] = [redis];
