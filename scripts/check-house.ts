import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Node, Project, type SourceFile } from 'ts-morph';

/**
 * Holds what neither the compiler nor the linter can: which way imports run, that nothing casts its way to a grant,
 * an intent or a secret, that no secret meets a string, that credentials are exposed in connectors alone, and that a start loads no service.
 */
const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What everything above the core may import: all of it. */
const CORE = ['versions', 'call', 'gate', 'secrets', 'audit', 'toolset', 'topology', 'store'] as const;

/** Each folder of `src/` and the folders that it may import from. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'main.ts': ['cli'],
  cli: [
    'version.ts',
    'clients',
    'assemble.ts',
    'open-stores.ts',
    'open-audit.ts',
    'stackward.ts',
    'server',
    'triage',
    'deploy',
    ...CORE,
    'services/index.ts',
    'services/by-type.ts',
  ],
  'stackward.ts': ['versions', 'call', 'gate', 'secrets', 'audit', 'toolset', 'store'],
  'assemble.ts': ['stackward.ts', 'open-stores.ts', 'open-audit.ts', 'follow', 'server', ...CORE],
  'open-stores.ts': ['store'],
  'open-audit.ts': ['open-stores.ts', 'audit', 'store'],
  follow: ['stackward.ts', 'versions', 'toolset', 'topology', 'store'],
  server: ['version.ts', 'stackward.ts', ...CORE],
  clients: ['store/files/durable-file.ts'],
  dashboard: ['server/console/wire.ts'],
  triage: ['stackward.ts', 'version.ts', ...CORE],
  deploy: ['secrets', 'toolset', 'topology'],
  versions: ['call', 'gate', 'secrets', 'audit', 'toolset', 'topology', 'store'],
  call: ['gate', 'secrets', 'audit', 'toolset', 'topology', 'store'],
  gate: ['audit', 'toolset', 'topology', 'store'],
  audit: ['toolset', 'store', 'secrets/secret.ts', 'secrets/sources/file.ts'],
  secrets: ['toolset'],
  toolset: ['secrets', 'topology'],
  topology: ['secrets/reference.ts'],
  store: [],
  'version.ts': [],
  services: ['toolset', 'topology', 'secrets'],
};

/** Types that only one place may make; a cast to one of them is a forgery anywhere else. */
const MADE_ONLY_IN: Readonly<Record<string, string>> = {
  WriteGrant: 'src/gate/grant.ts',
  DurableIntent: 'src/audit/intent.ts',
  Secret: '',
};

/** Where a credential may leave its `Secret`: what opens a connection, and what hides it elsewhere. */
const MAY_EXPOSE = [
  /^src\/secrets\//,
  /^src\/toolset\/http\/headers\.ts$/,
  /^src\/services\/[^/]+\/(connect|connection|client)\.ts$/,
];

const problems: string[] = [];
const project = new Project({ tsConfigFilePath: `${ROOT}tsconfig.json` });
// The page has its own settings: it alone may speak of a document.
project.addSourceFilesAtPaths(`${ROOT}src/dashboard/*.ts`);
for (const file of project.getSourceFiles()) {
  const path = relative(ROOT, file.getFilePath());
  if (!path.startsWith('src/')) continue;
  checkImports(file, path);
  checkNodes(file, path);
}
checkStart('src/cli/serve.ts');
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;

/** What every start imports must lead to no service: each is loaded only when a topology draws its type. */
function checkStart(entry: string): void {
  const seen = new Map<SourceFile, readonly string[]>();
  const visit = (file: SourceFile, way: readonly string[]) => {
    const path = relative(ROOT, file.getFilePath());
    if (seen.has(file) || !path.startsWith('src/')) return;
    const here = [...way, path];
    seen.set(file, here);
    if (/^src\/services\/[^/]+\//.test(path))
      problems.push(`${here.join(' -> ')}: every start would load this service`);
    else
      for (const declaration of file.getImportDeclarations()) {
        const target = declaration.getModuleSpecifierSourceFile();
        if (target && !declaration.isTypeOnly()) visit(target, here);
      }
  };
  visit(project.getSourceFileOrThrow(`${ROOT}${entry}`), []);
}

function checkImports(file: SourceFile, path: string): void {
  const from = path.split('/')[1] ?? '';
  const allowed = MAY_IMPORT[from];
  if (!allowed) {
    problems.push(
      `${path}: src/${from} is no folder of the house; add it to scripts/check-house.ts with what it may import`,
    );
    return;
  }
  for (const declaration of file.getImportDeclarations()) {
    const target = declaration.getModuleSpecifierSourceFile();
    const inside = target && relative(ROOT, target.getFilePath()).replace(/^src\//, '');
    if (!inside || inside.startsWith('node_modules') || inside.startsWith('..')) continue;
    const to = inside.split('/')[0] ?? '';
    const own = from === 'services' ? path.split('/').slice(1, 3).join('/') : from;
    // A service that stands inside another's component, such as a workload in its cluster, is named after it and shares its code.
    const family = from === 'services' ? /^services\/[a-z]+(?=-)/.exec(own)?.[0] : undefined;
    const isFamily = family !== undefined && inside.startsWith(`${family}/`);
    const isOwn =
      isFamily ||
      inside === own ||
      inside.startsWith(`${own}/`) ||
      /^src\/services\/(index|by-type)\.ts$/.test(path);
    const isAllowed = allowed.some((one) => inside === one || to === one);
    const place = `${path}:${declaration.getStartLineNumber()}`;
    if (!isOwn && !isAllowed) problems.push(`${place}: src/${from} may not import src/${inside}`);
    if (from === 'services' && to === 'secrets' && !declaration.isTypeOnly() && !isOwn) {
      problems.push(`${place}: a service may import types alone from src/secrets`);
    }
  }
}

function checkNodes(file: SourceFile, path: string): void {
  file.forEachDescendant((node) => {
    const place = `${path}:${node.getStartLineNumber()}`;
    if (Node.isAsExpression(node) || Node.isTypeAssertion(node)) {
      const name = node.getTypeNode()?.getText() ?? '';
      const home = MADE_ONLY_IN[name];
      if (home !== undefined && path !== home) problems.push(`${place}: a cast to ${name} forges it`);
      if (name === 'any' || name === 'never')
        problems.push(`${place}: 'as ${name}' switches the compiler off`);
    }
    if (Node.isTemplateSpan(node) && isSecret(node.getExpression()))
      problems.push(`${place}: a Secret in a template string`);
    if (
      Node.isBinaryExpression(node) &&
      node.getOperatorToken().getText() === '+' &&
      (isSecret(node.getLeft()) || isSecret(node.getRight()))
    ) {
      problems.push(`${place}: a Secret added to a string`);
    }
    if (
      Node.isPropertyAccessExpression(node) &&
      node.getName() === 'expose' &&
      isSecret(node.getExpression())
    ) {
      if (!MAY_EXPOSE.some((pattern) => pattern.test(path)))
        problems.push(`${place}: a credential is exposed outside connect.ts`);
    }
  });
}

function isSecret(node: Node): boolean {
  const type = node.getType();
  return [type, ...type.getUnionTypes()].some((one) => one.getSymbol()?.getName() === 'Secret');
}
