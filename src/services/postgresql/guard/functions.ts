/**
 * Built-in functions that are immutable or stable and yet reach past the query: they run SQL hidden in a string, name
 * objects by text or number, or tell of sessions, settings, files and rights. `pg_` covers the server’s own.
 */
const DENIED: readonly RegExp[] = [
  /^pg_/,
  /^lo($|_|read|write|import|export|creat|unlink)/,
  /_to_xml(schema)?$|_to_xml_and_xmlschema$/,
  // libxml2 looks for no interrupt: neither a timeout nor pg_terminate_backend would end a costly path.
  /^xpath|^xmlexists$/,
  /^ts_(stat|rewrite|lexize|debug)$/,
  // These write the names of whatever types and grants the numbers in their argument stand for.
  /^(oidvectortypes|acl)/,
  // Volatile by its effect, which outlives DISCARD ALL, and declared immutable by older versions of the extension.
  /^isn_weak$/,
  /^(current_setting|set_config|nextval|currval|lastval|setval|currtid2?|current_query)$/,
  /^(current_user|session_user|system_user|getpgusername|user)$/,
  /^(current_schemas?|row_security_active)$/,
  /^(txid_|inet_server_|inet_client_|has_|to_reg|binary_upgrade_|dblink)/,
  /^(obj|col|shobj)_description$/,
  /^reg(class|proc|procedure|oper|operator|type|role|namespace|config|dictionary|collation)/,
];
/** pg_typeof only where the walk finds it harmless. */
const ALLOWED_PG = new Set(['pg_typeof', 'pg_column_size', 'pg_size_pretty', 'pg_size_bytes']);

/** Volatile built-ins whose only effect is a value. */
const HARMLESS_VOLATILE = new Set([
  'clock_timestamp',
  'gen_random_uuid',
  'random',
  'random_normal',
  'timeofday',
  'uuidv4',
  'uuidv7',
]);

/**
 * Extensions whose immutable and stable functions compute on their arguments alone. Not here: those that run SQL from
 * a string (dblink, tablefunc, xml2, postgis) or read the server (adminpack, pageinspect, file_fdw ...).
 */
export const PURE_EXTENSIONS: readonly string[] = [
  'btree_gin',
  'btree_gist',
  'citext',
  'cube',
  'earthdistance',
  'fuzzystrmatch',
  'hstore',
  'intarray',
  'isn',
  'ltree',
  'pg_trgm',
  'seg',
  'unaccent',
  'uuid-ossp',
  'vector',
];

export const isDenied = (name: string): boolean =>
  !ALLOWED_PG.has(name) && DENIED.some((pattern) => pattern.test(name));

export const isHarmlessVolatile = (name: string): boolean => HARMLESS_VOLATILE.has(name);
