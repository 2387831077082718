import { readFileSync, realpathSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild';
import { below, chunkName, isCore, isLibrary, packageOf } from './modules.ts';

/** Files of a bundle, by name, in order of their names. */
export type Files = ReadonlyMap<string, Uint8Array>;

const common = {
  bundle: true,
  write: false,
  metafile: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'silent',
  // esbuild can leave out more of the ES modules of the AWS SDK than of its CommonJS modules.
  mainFields: ['module', 'main'],
} satisfies BuildOptions;

/**
 * Bundles the entry of a rule, given as text, into `index.mjs`, and every module that it imports dynamically into a chunk.
 * `index.mjs` is not minified, so that people can read it in the Lambda console. Chunks are minified: they hold libraries,
 * such as the AWS SDK. Code that several chunks need is in shared chunks, so that the zip holds it once.
 *
 * @param folder the folder of the rule. Imports are resolved from it.
 * @param root the folder of the package. Paths in comments are relative to it, so that the bytes do not depend on where the
 *   package is.
 * @throws an Error when an import cannot be resolved, or when `index.mjs` would hold or import anything other than the rule,
 *   `@patrol/core` and Node's own modules.
 */
export async function bundle(text: string, folder: string, root: string): Promise<Files> {
  const chunks = new Map<string, string>();
  const entry = await build({
    ...common,
    absWorkingDir: root,
    stdin: { contents: text, resolveDir: folder, sourcefile: 'index.ts', loader: 'ts' },
    plugins: [chunking(chunks, realpathSync(root))],
  });
  checkHeld(entry.metafile);
  const index = withStablePaths(output(entry.outputFiles), entry.metafile);
  // esbuild leaves out functions that nothing uses. What only they import is not needed either.
  const imported = new Set(
    Object.values(entry.metafile.outputs).flatMap(({ imports }) =>
      imports.map(({ path }) => posix.normalize(path)),
    ),
  );
  const needed = new Map([...chunks].filter(([name]) => imported.has(name)));
  const files = new Map([['index.mjs', index], ...(await bundleChunks(needed, root))]);
  checkImports(entry.metafile, files);
  return new Map([...files].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** What esbuild calls a shared chunk until it has its name. */
const unnamed = /shared-chunk-[A-Z0-9]{8}\.mjs/g;

/**
 * Bundles all chunks of a rule in one run.
 *
 * @param chunks the paths of their modules, by the names of the chunks.
 */
async function bundleChunks(
  chunks: ReadonlyMap<string, string>,
  root: string,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const entries = [...chunks].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const { outputFiles, metafile } = await build({
    ...common,
    absWorkingDir: root,
    entryPoints: entries.map(([name, path]) => ({ in: path, out: name.replace(/\.mjs$/, '') })),
    outdir: '.',
    outExtension: { '.js': '.mjs' },
    chunkNames: 'shared-chunk-[hash]',
    splitting: true,
    minify: true,
    plugins: [clientsOfCore, withoutCredentialProviders, withPlainSchemas],
  });
  checkImports(metafile, chunks);
  const texts = new Map(outputFiles.map(({ path, text }) => [below(root, path), text]));
  // The hashes of esbuild depend on where the package is. Numbers in the order of the imports do not.
  const names = new Map(entries.map(([name]) => [name, name]));
  let count = 0;
  for (const name of names.keys()) {
    for (const [found] of (texts.get(name) ?? '').matchAll(unnamed)) {
      if (names.has(found)) continue;
      count += 1;
      names.set(found, `shared${count}.mjs`);
    }
  }
  const stable = (text: string): string => text.replace(unnamed, (name) => names.get(name) ?? name);
  const files = new Map<string, Uint8Array>();
  for (const [path, made] of Object.entries(metafile.outputs)) {
    const name = names.get(path);
    // What nothing imports is not needed.
    if (name === undefined) continue;
    files.set(name, Buffer.from(notice(made, root) + stable(texts.get(path) ?? '')));
  }
  return files;
}

/**
 * Bundles the file of a rule into one module that can be imported from its text alone. Lazy chunks are left out: reading
 * what the rule declares does not need them.
 *
 * @param root the folder of the package.
 */
export async function bundleDeclaration(file: string, root: string): Promise<string> {
  const { outputFiles } = await build({
    ...common,
    entryPoints: [file],
    plugins: [chunking(new Map(), realpathSync(root))],
  });
  return Buffer.from(output(outputFiles)).toString('utf8');
}

/**
 * The runtime of `@patrol/core` needs the AWS SDK, but people who only deploy rules need not install it. So the clients that
 * go into zips are dependencies of this package, and this plugin resolves them from here.
 */
const clientsOfCore: Plugin = {
  name: 'clients-of-core',
  setup(esbuild) {
    const here = dirname(fileURLToPath(import.meta.url));
    esbuild.onResolve({ filter: /^@aws-sdk\// }, ({ path, kind, importer, pluginData }) =>
      pluginData !== 'resolved' && isCore(importer)
        ? esbuild.resolve(path, { kind, resolveDir: here, pluginData: 'resolved' })
        : undefined,
    );
  },
};

/**
 * Lambda gives credentials in environment variables, which the AWS SDK tries first. Its other providers (SSO, profiles,
 * processes, web identities, metadata services, …) are left out of the chunks: a third of the size, and a tenth of the
 * time to the first alert (docs/decisions.md).
 */
const withoutCredentialProviders: Plugin = {
  name: 'without-credential-providers',
  setup(esbuild) {
    const unused =
      /^(@aws-sdk\/(credential-provider-(sso|ini|process|web-identity|http|login)|token-providers)|@smithy\/credential-provider-imds)$/;
    esbuild.onResolve({ filter: unused }, () => ({
      path: 'unused',
      namespace: 'unused',
      sideEffects: false,
    }));
    esbuild.onLoad({ filter: /./, namespace: 'unused' }, () => ({
      contents: 'module.exports = {};',
    }));
  },
};

/**
 * The AWS SDK writes the properties of its schemas under computed names (`{ [_jN]: _aI }`), and esbuild then keeps the
 * schemas of all operations of a service. The names are constants of the file: they are put into their places, so that
 * what is not used can be left out (docs/decisions.md).
 */
const withPlainSchemas: Plugin = {
  name: 'with-plain-schemas',
  setup(esbuild) {
    const schemas = /[\\/]@aws-sdk[\\/].*[\\/]schemas[\\/]schemas_\d+\.js$/;
    esbuild.onLoad({ filter: schemas }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const constants = new Map(
        [...text.matchAll(/^const (\w+) = ("\w+");$/gm)].map(([, name = '', value = '']) => [
          name,
          value,
        ]),
      );
      return {
        contents: text.replace(
          /\[(\w+)\](?=:)/g,
          (found: string, name: string) => constants.get(name) ?? found,
        ),
      };
    });
  },
};

/**
 * Names the modules of core in esbuild's comments by their package, and not by their path on this machine. The same rule
 * then gives the same bytes in a workspace, with pnpm and with npm.
 */
function withStablePaths(content: Uint8Array, { inputs }: Metafile): Uint8Array {
  let text = Buffer.from(content).toString('utf8');
  for (const path of Object.keys(inputs)) {
    const inCore = /(?:^|\/)core\/dist\/(.+)$/.exec(path)?.[1];
    if (inCore) text = text.replace(`// ${path}\n`, () => `// @patrol/core/${inCore}\n`);
  }
  return Buffer.from(text);
}

/**
 * Makes each dynamic import in the rule and in core an import of a chunk, and notes the chunk by its name. Dynamic imports
 * within libraries are inlined.
 *
 * @param root the real path of the package's folder, as esbuild resolves imports to real paths.
 */
const chunking = (chunks: Map<string, string>, root: string): Plugin => ({
  name: 'chunks',
  setup(esbuild) {
    esbuild.onResolve({ filter: /./ }, async (request) => {
      if (request.kind !== 'dynamic-import' || request.pluginData === 'resolved') return undefined;
      if (isBuiltin(request.path) || isLibrary(request.importer)) return undefined;
      const found = await esbuild.resolve(request.path, {
        kind: 'import-statement',
        resolveDir: request.resolveDir,
        importer: request.importer,
        pluginData: 'resolved',
      });
      if (found.errors.length > 0) return { errors: found.errors };
      const name = chunkName(found.path, root);
      const known = chunks.get(name);
      if (known !== undefined && known !== found.path) {
        const text = `Two modules would have the name ${name} in the zip: ${known} and ${found.path}. Rename one of them; of two copies of a library, remove one.`;
        return { errors: [{ text }] };
      }
      chunks.set(name, found.path);
      return { path: `./${name}`, external: true };
    });
  },
});

/** The first line of a chunk: which libraries it holds parts of, and under which licences. */
function notice({ inputs }: Metafile['outputs'][string], root: string): string {
  const held = Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => {
    const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
    return folder && bytesInOutput > 0 && isLibrary(path) ? [folder] : [];
  });
  const notices = [...new Set(held)].map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(join(root, folder, 'package.json'), 'utf8'),
    ) as { name: string; version: string; license?: string };
    return `${name} ${version} (${license ?? 'see its package'})`;
  });
  const parts = [...new Set(notices)].toSorted().join(', ');
  return parts && `/* Holds parts of ${parts}. */\n`;
}

const isBuiltin = (path: string): boolean =>
  path.startsWith('node:') || builtinModules.includes(path);

function output(files: readonly { readonly contents: Uint8Array }[]): Uint8Array {
  const [file] = files;
  if (!file || files.length > 1)
    throw new Error(`Expected one bundled file, found ${files.length}.`);
  return file.contents;
}

/** Refuses an `index.mjs` that holds anything other than the rule and core. */
function checkHeld({ inputs }: Metafile): void {
  for (const path of Object.keys(inputs)) {
    if (!isLibrary(path)) continue;
    throw new Error(
      `index.mjs would hold ${path}. Import libraries dynamically, so that they load only when they are needed: \`await import('${packageOf(path)}')\`.`,
    );
  }
}

/**
 * Refuses imports that the function would not find. esbuild does not resolve imports that it takes for Node's own modules.
 */
function checkImports({ outputs }: Metafile, files: ReadonlyMap<string, unknown>): void {
  for (const { path, external } of Object.values(outputs).flatMap(({ imports }) => imports)) {
    if (!external || isBuiltin(path) || files.has(path.replace('./', ''))) continue;
    throw new Error(
      `A function may import Node's own modules and its own chunks only, found ${path}.`,
    );
  }
}

/** The path of a rule's file. */
export const ruleFile = (root: string, name: string): string =>
  join(root, 'rules', name, 'rule.ts');
