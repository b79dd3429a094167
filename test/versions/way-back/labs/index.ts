import type { Lab } from '../lab.ts';
import { alertmanager } from './alertmanager.ts';
import { kafka } from './kafka.ts';
import { mongodb } from './mongodb.ts';
import { postgresql } from './postgresql.ts';
import { rabbitmq } from './rabbitmq.ts';
import { redis } from './redis.ts';
import { s3 } from './s3.ts';

export const LABS: readonly Lab[] = [alertmanager, kafka, mongodb, postgresql, rabbitmq, redis, s3];
