import type { Access } from '../../toolset/define.ts';
import type { Component } from '../../topology/graph.ts';
import type { ProviderName } from './connection.ts';

const ADVICE: Readonly<Record<ProviderName, Readonly<Record<Access, readonly string[]>>>> = {
  pagerduty: {
    read: ['api.token: a read-only REST API key'],
    write: ['routing_key: the integration key of an integration that nothing but Stackward uses'],
  },
  alertmanager: {
    read: ['let a proxy before it pass GET /api/v2/alerts, and nothing else, to this account'],
    write: ['let a proxy before it pass GET and POST /api/v2/alerts, and nothing else, to this account'],
  },
  slack: {
    read: [],
    write: ['webhook_url: an incoming webhook of an app that has no other scope than incoming-webhook'],
  },
  webhook: { read: [], write: ['signing_secret: share one with the receiver, so that it can refuse others'] },
};

/** The least rights of a component's account at its provider. */
export const advise = ({ connection }: Component, access: Access): readonly string[] =>
  Object.entries(ADVICE).flatMap(([name, advice]) => (name === connection.provider ? advice[access] : []));
