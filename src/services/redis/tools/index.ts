import { clients } from './clients.ts';
import { remove } from './delete.ts';
import { expire } from './expire.ts';
import { get } from './get.ts';
import { hash } from './hash.ts';
import { hashSet } from './hash-set.ts';
import { info } from './info.ts';
import { list } from './list.ts';
import { memory } from './memory.ts';
import { scan } from './scan.ts';
import { set } from './set.ts';
import { setMembers } from './set-members.ts';
import { slowlog } from './slowlog.ts';
import { sortedSet } from './sorted-set.ts';
import { stream } from './stream.ts';
import { type } from './type.ts';

/** Every tool of Redis. */
export const tools = [
  get,
  scan,
  type,
  hash,
  list,
  setMembers,
  sortedSet,
  stream,
  info,
  slowlog,
  memory,
  clients,
  set,
  remove,
  expire,
  hashSet,
];
