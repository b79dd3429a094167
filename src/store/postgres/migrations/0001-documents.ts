import type { Migration } from './migration.ts';

export const documents: Migration = {
  number: 1,
  name: 'documents',
  worksFrom: 1,
  sql: `
    create table document (
      collection text not null,
      key text collate "C" not null,
      content text not null,
      changed timestamptz not null default clock_timestamp(),
      primary key (collection, key)
    );
    create table lease (
      name text primary key,
      fence bigint not null,
      holder text,
      work text not null,
      by text not null,
      at text not null,
      since timestamptz not null,
      beat timestamptz not null
    );
  `,
};
