export const SECTIONS = [
  'server',
  'clients',
  'memory',
  'persistence',
  'stats',
  'replication',
  'cpu',
  'keyspace',
] as const;
export type Section = (typeof SECTIONS)[number];

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/**
 * The fields of INFO that are shown: figures and states. An allowlist, since INFO also tells paths, addresses
 * of other machines and what modules choose to add.
 */
export const INFO_FIELDS: Readonly<Record<Section, ReadonlySet<string>>> = {
  server: words(
    'redis_version server_name valkey_version redis_mode os arch_bits uptime_in_seconds hz io_threads_active',
  ),
  clients: words(
    'connected_clients maxclients blocked_clients tracking_clients clients_in_timeout_table cluster_connections client_recent_max_input_buffer client_recent_max_output_buffer',
  ),
  memory: words(
    'used_memory used_memory_human used_memory_rss used_memory_peak used_memory_peak_human used_memory_overhead used_memory_dataset used_memory_dataset_perc used_memory_lua used_memory_scripts maxmemory maxmemory_human maxmemory_policy mem_fragmentation_ratio mem_fragmentation_bytes mem_clients_normal mem_clients_slaves mem_aof_buffer mem_not_counted_for_evict total_system_memory active_defrag_running lazyfree_pending_objects mem_allocator',
  ),
  persistence: words(
    'loading async_loading rdb_changes_since_last_save rdb_bgsave_in_progress rdb_last_save_time rdb_last_bgsave_status rdb_last_bgsave_time_sec aof_enabled aof_rewrite_in_progress aof_last_rewrite_time_sec aof_last_bgrewrite_status aof_last_write_status aof_current_size aof_base_size',
  ),
  stats: words(
    'total_connections_received total_commands_processed instantaneous_ops_per_sec total_net_input_bytes total_net_output_bytes instantaneous_input_kbps instantaneous_output_kbps rejected_connections sync_full sync_partial_ok sync_partial_err expired_keys expired_stale_perc evicted_keys evicted_clients keyspace_hits keyspace_misses pubsub_channels pubsub_patterns latest_fork_usec total_error_replies unexpected_error_replies acl_access_denied_auth acl_access_denied_cmd acl_access_denied_key',
  ),
  replication: words(
    'role connected_slaves master_link_status master_last_io_seconds_ago master_sync_in_progress master_repl_offset slave_repl_offset slave_priority slave_read_only master_failover_state second_repl_offset repl_backlog_active repl_backlog_size',
  ),
  cpu: words('used_cpu_sys used_cpu_user used_cpu_sys_children used_cpu_user_children'),
  keyspace: new Set(),
};

/** Reads the lines `field:value` of INFO for the fields that are to be shown; figures become numbers. */
export function parseInfo(
  text: string,
  isShown: (field: string) => boolean,
): Record<string, string | number> {
  const found: Record<string, string | number> = {};
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    const field = line.slice(0, colon);
    if (line.startsWith('#') || colon < 1 || !isShown(field)) continue;
    const value = line.slice(colon + 1);
    const isFigure = /^-?\d{1,15}(\.\d{1,9})?$/.test(value);
    found[field] = isFigure ? Number(value) : value.slice(0, 200);
  }
  return found;
}
