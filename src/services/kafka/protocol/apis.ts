/**
 * Requests that may leave a reading connection, by Kafka's API key. Joining a group, committing and everything that
 * is not named here is not among them.
 *
 * @see https://kafka.apache.org/protocol#protocol_api_keys
 */
export const READ_APIS: ReadonlySet<number> = new Set([
  1, // Fetch
  2, // ListOffsets
  3, // Metadata
  9, // OffsetFetch
  10, // FindCoordinator
  15, // DescribeGroups
  16, // ListGroups
  17, // SaslHandshake
  18, // ApiVersions
  32, // DescribeConfigs
  36, // SaslAuthenticate
  69, // ConsumerGroupDescribe
]);

/** What changes a cluster, for the session of one granted write. */
export const CHANGING_APIS: ReadonlySet<number> = new Set([
  0, // Produce
  8, // OffsetCommit
  19, // CreateTopics
  20, // DeleteTopics
  37, // CreatePartitions
  44, // IncrementalAlterConfigs
  47, // OffsetDelete
]);

/** What a cluster can judge without doing it, for the session of a trial. */
export const REHEARSAL_APIS: ReadonlySet<number> = new Set([
  ...READ_APIS,
  19, // CreateTopics
  44, // IncrementalAlterConfigs
]);

export const WRITE_APIS: ReadonlySet<number> = new Set([...READ_APIS, ...CHANGING_APIS]);
