/** One variable of the environment that Stackward reads. */
export interface Setting {
  readonly name: string;
  /** In a few words; Markdown. */
  readonly meaning: string;
  /** The option that it stands for, which wins where both are given. */
  readonly option?: string;
  /** What holds where it is not set. */
  readonly otherwise: string;
  /** The commands that read it; ALL is every command that works on a stack. */
  readonly readBy: readonly string[];
}

/** Stands for every command that works on a stack. */
export const ALL = 'all';
const NONE = 'none';
const STACK = [ALL];
const SERVE = ['serve'];

/** Every variable named `STACKWARD_...`. A test holds that the code reads these and no others. */
export const SETTINGS: readonly Setting[] = [
  {
    name: 'STACKWARD_TOPOLOGY',
    meaning: 'the topology file',
    option: '--topology',
    otherwise: '`topology.yaml` in the current folder',
    readBy: STACK,
  },
  {
    name: 'STACKWARD_DATA',
    meaning: 'the data directory',
    option: '--data',
    otherwise: '`.stackward` beside the topology',
    readBy: STACK,
  },
  {
    name: 'STACKWARD_AGENT',
    meaning: 'the agent of the topology that is acted as',
    option: '--as',
    otherwise: "`stack`, the stack's own client",
    readBy: ['serve', 'call', 'tools', 'test', 'rollback', 'triage', 'install'],
  },
  {
    name: 'STACKWARD_ENV_FILE',
    meaning: 'a file of `NAME=value` lines; what the environment has wins',
    option: '--env-file',
    otherwise: NONE,
    readBy: SERVE,
  },
  {
    name: 'STACKWARD_OPERATOR_APPROVAL',
    meaning: '`true`: approvals come from operators alone, never through the client',
    option: '--operator-approval',
    otherwise: 'clients may approve',
    readBy: SERVE,
  },
  {
    name: 'STACKWARD_STATELESS',
    meaning: '`true`: protocol revision 2025-11-25 is served without sessions',
    option: '--stateless',
    otherwise: 'sessions',
    readBy: SERVE,
  },
  {
    name: 'STACKWARD_OIDC_ISSUER',
    meaning: 'an OIDC issuer whose access tokens are taken over HTTP',
    option: '--oidc-issuer',
    otherwise: NONE,
    readBy: SERVE,
  },
  {
    name: 'STACKWARD_OIDC_AUDIENCE',
    meaning: "this server's own URL as clients name it; needed with an issuer",
    option: '--oidc-audience',
    otherwise: NONE,
    readBy: SERVE,
  },
  {
    name: 'STACKWARD_OIDC_SCOPE',
    meaning: 'the scope that every token has to have',
    option: '--oidc-scope',
    otherwise: 'any',
    readBy: SERVE,
  },
  {
    name: 'STACKWARD_OIDC_JWKS',
    meaning: "where the issuer's keys are",
    option: '--oidc-jwks',
    otherwise: "what the issuer's discovery says",
    readBy: SERVE,
  },
  {
    name: 'STACKWARD_DATABASE_URL',
    meaning:
      'the PostgreSQL that replicas share, `postgresql://user:password@host:port/database`, `?sslmode=verify-full` for TLS; a credential, masked wherever it could show',
    otherwise: 'everything lies in the data directory',
    readBy: [...STACK, 'migrate'],
  },
  {
    name: 'STACKWARD_DATABASE_URL_FILE',
    meaning: 'a file that holds the same; one of the two',
    otherwise: NONE,
    readBy: [...STACK, 'migrate'],
  },
  {
    name: 'STACKWARD_DATABASE_SCHEMA',
    meaning: 'the schema that everything lies in',
    option: '--database-schema',
    otherwise: '`stackward`',
    readBy: [...STACK, 'migrate'],
  },
  {
    name: 'STACKWARD_KEYS',
    meaning: 'the folder of keys that `stackward keys create` made; needed with a database',
    otherwise: 'keys of the data directory',
    readBy: STACK,
  },
  {
    name: 'STACKWARD_AUDIT_COPIES',
    meaning:
      'where signed checkpoints of the audit are copied to: folders and `s3://bucket/prefix`, with commas between; `AWS_REGION` and AWS credentials for a bucket',
    otherwise: NONE,
    readBy: STACK,
  },
  {
    name: 'STACKWARD_AUDIT_COPIES_URL',
    meaning: 'the S3 server of those buckets that is not AWS',
    otherwise: 'AWS',
    readBy: STACK,
  },
  {
    name: 'STACKWARD_AUDIT_LOKI_URL',
    meaning: 'a Loki that the audit is shipped to: its address before `/loki/api/v1/push`',
    otherwise: 'the audit is not shipped',
    readBy: SERVE,
  },
  {
    name: 'STACKWARD_AUDIT_LOKI_TENANT',
    meaning: 'its tenant, sent as `X-Scope-OrgID`',
    otherwise: NONE,
    readBy: SERVE,
  },
  {
    name: 'STACKWARD_AUDIT_LOKI_USER',
    meaning: 'a user, where it asks for user and token (Grafana Cloud)',
    otherwise: 'the token is a bearer token',
    readBy: SERVE,
  },
  {
    name: 'STACKWARD_AUDIT_LOKI_TOKEN',
    meaning: 'its token; a credential, masked wherever it could show',
    otherwise: NONE,
    readBy: SERVE,
  },
  {
    name: 'STACKWARD_AUDIT_LOKI_TOKEN_FILE',
    meaning: 'a file that holds the token, read anew for each request; one of the two',
    otherwise: NONE,
    readBy: SERVE,
  },
  {
    name: 'STACKWARD_TOKEN',
    meaning: 'the bearer token in the files that `install --url` writes, where no other name is given',
    option: '--token-env',
    otherwise: NONE,
    readBy: ['the client'],
  },
];

/** What `--help` of a command says of the variables that it reads and no option stands for. */
export function environmentHelp(command: string): string {
  const alone = SETTINGS.filter(
    ({ option, readBy }) => option === undefined && (readBy.includes(command) || readBy.includes(ALL)),
  );
  const plain = (text: string) => text.replaceAll('`', '');
  return ['', 'Environment:', ...alone.flatMap(({ name, meaning }) => wrapped(name, plain(meaning)))].join(
    '\n',
  );
}

/** A name, and below it what it means, in 80 columns. */
function wrapped(name: string, meaning: string): string[] {
  const lines = ['   '];
  for (const word of meaning.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last.length + word.length + 1 > 80) lines.push(`    ${word}`);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return [`  ${name}`, ...lines];
}
