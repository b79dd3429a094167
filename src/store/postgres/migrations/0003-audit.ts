import type { Migration } from './migration.ts';

export const audit: Migration = {
  number: 3,
  name: 'audit',
  worksFrom: 1,
  sql: `
    create table audit_chain (
      chain text collate "C" primary key,
      -- Grows by each holding; a batch that comes with an older one changes nothing.
      fence bigint not null,
      holder text,
      beat timestamptz not null,
      seq bigint not null,
      head text not null,
      -- The oldest record that may be a request without an end.
      open_from bigint not null,
      -- The latest checkpoint, signed, as head.json of a folder holds it.
      sealed text
    ) with (fillfactor = 50);
    -- A line is kept character for character: its hash is over its UTF-8.
    create table audit_record (
      chain text collate "C" not null,
      seq bigint not null,
      line text not null,
      primary key (chain, seq)
    );
    create table audit_checkpoint (
      number bigint primary key,
      line text not null,
      made timestamptz not null default clock_timestamp()
    );
    -- What searches know of some hundred records in a row; made from them, and made anew where it is missing.
    create table audit_block (
      chain text collate "C" not null,
      first bigint not null,
      last bigint not null,
      summary text not null,
      grams text not null,
      primary key (chain, first)
    );
    alter table audit_record alter column line set storage main;
  `,
};
