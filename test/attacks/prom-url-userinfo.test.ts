import { expect, test } from 'vitest';
import { PrometheusConnection } from '../../src/services/prometheus/connection.ts';

test.for([
  'http://admin:hunter2@prometheus:9090',
  'http://admin@prometheus:9090',
  'http://@prometheus:9090',
  'http://prometheus:9090@evil.example',
  'http://prometheus:9090\\@evil.example',
  'http://prometheus:9090/?token=hunter2',
  'http://prometheus:9090?',
  'http://prometheus:9090/#x',
  'file:///etc/passwd',
  'ftp://prometheus',
  'javascript:alert(1)',
  'data:application/json,{}',
  'prometheus:9090',
  '//prometheus',
  'http://',
  'http://prometheus:9090/ api',
  'http://prometheus\n.example',
  '',
])('%j is no url of a component', (url) => {
  expect(PrometheusConnection.safeParse({ url }).success).toBe(false);
});

test('neither is one that the environment gives', () => {
  const { url } = PrometheusConnection.parse({ url: { env: 'PROMETHEUS_URL' } });
  expect(() => url.parse('http://admin:hunter2@prometheus:9090')).toThrow();
  expect(url.parse('http://prometheus:9090/prefix')).toBe('http://prometheus:9090/prefix');
});
