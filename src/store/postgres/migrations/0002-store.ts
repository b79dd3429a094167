import type { Migration } from './migration.ts';

/** Logs of lines, the one feed of all of them, and quotas that hold over all replicas. */
export const store: Migration = {
  number: 2,
  name: 'store',
  worksFrom: 1,
  sql: `
    create table log (
      kind text not null,
      name text not null,
      last bigint not null,
      primary key (kind, name)
    );
    create table line (
      kind text not null,
      name text not null,
      number bigint not null,
      mark text,
      content text not null,
      primary key (kind, name, number),
      unique (kind, name, mark),
      foreign key (kind, name) references log
    );
    create table quota (
      kind text not null,
      name text not null,
      taken timestamptz[] not null,
      primary key (kind, name)
    );
  `,
};
