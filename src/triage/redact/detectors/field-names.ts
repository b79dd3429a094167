/**
 * Which values a name hides. `any`: whatever it is. `token`: unless it is plainly a word or a small number.
 * `long`: from 16 characters on. `random`: only what looks random. `digits`: three to eight digits.
 */
export type Hides = 'any' | 'token' | 'long' | 'random' | 'digits';

/** How much a field's name says about its value. */
export interface FieldMeaning {
  /** What the value is called once it is hidden. */
  readonly kind: string;
  readonly hides: Hides;
}

const named = (kind: string, hides: Hides, words: string) =>
  words.split(' ').map((word) => [word, { kind, hides }] as const);

/** Words, or words run together, that make a field's name. */
const MEANINGS: ReadonlyMap<string, FieldMeaning> = new Map([
  ...named(
    'password',
    'any',
    'password passwd passwort pwd passw passwrd passphrase passcode userpass userpassword dbpassword dbpass dbpwd mypassword ' +
      'rootpassword adminpassword pgpassword mysqlpwd kennwort senha contraseña contrasena motdepasse mdp wachtwoord hasło haslo ' +
      'heslo jelszó jelszo lösenord parola salasana пароль 密码 密碼 パスワード 비밀번호 passwords requirepass masterauth',
  ),
  ...named('password', 'token', 'pass pw credential credentials'),
  ...named('secret', 'token', 'secret secrets secretkey clientsecret secretaccesskey appsecret sharedsecret'),
  ...named(
    'token',
    'token',
    'token apitoken authtoken accesstoken refreshtoken idtoken usertoken bearertoken csrftoken xsrftoken csrf xsrf jwt bearer pat ' +
      'authtok sessiontoken securitytoken oauthtoken deploytoken otp totp',
  ),
  ...named(
    'api-key',
    'token',
    'apikey apikeys appkey accesskey privatekey masterkey encryptionkey signingkey accountkey sharedaccesskey authkey sshkey ' +
      'storagekey licensekey subscriptionkey servicekey consumerkey adminkey serverkey',
  ),
  ...named(
    'session-id',
    'token',
    'sessionid jsessionid phpsessid sessid aspsessionid sid sessionkey asp.net_sessionid connect.sid',
  ),
  ...named('card-code', 'digits', 'cvv cvv2 cvc cvc2 csc cardcode'),
  ...named('pin', 'digits', 'pin pincode'),
  ...named('signature', 'long', 'signature sig hmac'),
  ...named('session-id', 'long', 'session'),
  ...named('secret', 'random', 'key auth authorization authentication salt seed mnemonic'),
]);

/** Two words that mean together what neither says alone. */
const PAIRS: ReadonlyMap<string, FieldMeaning> = new Map(
  [
    ...named('password', 'any', 'pass+phrase pass+word pass+wd pass+code'),
    ...named(
      'api-key',
      'token',
      'api+key access+key private+key master+key encryption+key signing+key account+key auth+key secret+key shared+key ssh+key ' +
        'license+key subscription+key service+key consumer+key deploy+key storage+key crypto+key hmac+key aes+key host+key app+key webhook+key bot+key',
    ),
    ...named('session-id', 'token', 'session+id session+key sess+id'),
    ...named('secret', 'token', 'secret+id'),
    ...named('card-code', 'digits', 'card+code security+code verification+code'),
    ...named('otp', 'digits', 'otp+code one+time'),
    ...named('recovery-code', 'token', 'recovery+code backup+code'),
  ].map(([words, meaning]) => [words, meaning]),
);

/** After such a word the value tells something about the secret and is not the secret. */
const ABOUT = new Set(
  (
    'count counts limit limits max min ttl expires expiry expiration expire expired exp type types name names id ids ref refs length len ' +
    'size url uri urls endpoint host path file files filename dir policy policies hint status state at date time timestamp created updated ' +
    'changed rotated enabled disabled required valid invalid validity field fields label version versions store manager provider ' +
    'rotation age strength attempts retries error errors failed failures usage used uses reset prefix algorithm algo alg format ' +
    'method mode reader request requests response source lookup scope scopes class issuer audience bucket budget cost per rate ' +
    'interval seconds secs ms minutes days in is has require requires allow allowed support supports settings config options ' +
    'kind namespace mount mounts selector fingerprint thumbprint checksum digest index idx position offset kid num number total ' +
    'input output prompt completion cached reasoning policyname encoder decoder encoding parser handler service server ' +
    'generator validator verifier check checker page link text-field confirmation-required agent permission permissions'
  ).split(' '),
);

/** Before the sensitive word these say that it is none: a cursor, a lock, a lexer's token, a table's key. */
const HARMLESS_BEFORE = new Set(
  (
    'page next continue continuation pagination cancel cancellation sync syntax unexpected parser parse lexer eos bos pad unk sep special ' +
    'public primary foreign partition cache sort routing object message row bucket group dedup lookup hash map index unique composite ' +
    'range shard event redis s3 config label annotation json dictionary dict resource etag fencing lease lock max min num total no without ' +
    'prompt completion input output stop first last by per idempotency translation i18n sorting field column table tag metric hot feature'
  ).split(' '),
);

/** Splits `dbRootPassword2`, `DB_ROOT_PASSWORD` and `db.root-password` alike, in lower case. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== '');
}

/** What a field's name says about its value; undefined where it says nothing. */
export function meaningOf(name: string): FieldMeaning | undefined {
  const whole = MEANINGS.get(name.toLowerCase());
  if (whole) return whole;
  const words = wordsOf(name);
  for (let i = words.length - 1; i >= 0; i--) {
    const word = words[i] ?? '';
    if (ABOUT.has(word) && !PAIRS.has(`${words[i - 1]}+${word}`)) return undefined;
    const pair = PAIRS.get(`${words[i - 1]}+${word}`);
    const meaning = pair ?? wordMeaning(word);
    if (!meaning) continue;
    if (isHarmless(words.slice(0, pair ? i - 1 : i), meaning)) return undefined;
    // `pass` alone also counts tests that passed; `db_pass` does not.
    if ((word === 'pass' || word === 'pw') && i > 0) return { ...meaning, hides: 'any' };
    const trailing = words.length - 1 - i;
    return trailing > 2 && meaning.hides !== 'any' ? { ...meaning, hides: 'random' } : meaning;
  }
  return undefined;
}

/** `token1` and `mypassword` are read like `token` and `password`; `compass` and `monkey` are not like `pass` and `key`. */
function wordMeaning(word: string): FieldMeaning | undefined {
  const plain = word.replace(/\d+$/, '');
  const meaning = MEANINGS.get(plain);
  if (meaning) return meaning;
  const ending =
    /(?:password|passwd|passphrase|secret|apikey|accesskey|secretkey|(?<!un|re|non)token|sessionid|sessid)$/.exec(
      plain,
    );
  return ending ? MEANINGS.get(ending[0]) : undefined;
}

function isHarmless(before: readonly string[], meaning: FieldMeaning): boolean {
  if (meaning.hides === 'any') return false;
  return HARMLESS_BEFORE.has(before.at(-1) ?? '');
}
