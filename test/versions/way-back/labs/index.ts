import type { Lab } from '../lab.ts';
import { alertmanager } from './alertmanager.ts';
import { argocd } from './argocd.ts';
import { clickhouse } from './clickhouse.ts';
import { grafana } from './grafana.ts';
import { httpService } from './http-service.ts';
import { kafka } from './kafka.ts';
import { kubernetes } from './kubernetes.ts';
import { mongodb } from './mongodb.ts';
import { onCallByAlertmanager, onCallByPagerDuty, onCallByWebhook } from './on-call.ts';
import { postgresql } from './postgresql.ts';
import { rabbitmq } from './rabbitmq.ts';
import { redis } from './redis.ts';
import { s3 } from './s3.ts';
import { ticketsByWebhook, ticketsOnGitHub, ticketsOnJira } from './ticket-tracker.ts';

/** The real services. */
export const SERVERS: readonly Lab[] = [
  alertmanager,
  clickhouse,
  onCallByAlertmanager,
  postgresql,
  rabbitmq,
  redis,
];

/** Strict twins of the others. */
export const TWINS: readonly Lab[] = [
  argocd,
  grafana,
  httpService,
  kafka,
  kubernetes,
  mongodb,
  onCallByPagerDuty,
  onCallByWebhook,
  s3,
  ticketsByWebhook,
  ticketsOnGitHub,
  ticketsOnJira,
];
