/**
 * Makes `dist/notifier.js` of the compiled notifier: a module with its code as one text. It stands in templates, so it is
 * one minified CommonJS module. The AWS SDK is left out: Lambda's runtime has it.
 *
 * A template that is sent along with a request has 51,200 bytes at most. So esbuild bundles without its half a kilobyte of
 * helpers for CommonJS, and terser minifies with single quotes, since each double quote takes two bytes in JSON.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';
import { build } from 'esbuild';
import { minify } from 'terser';

const dist = fileURLToPath(new URL('dist/', import.meta.url));
const { outputFiles } = await build({
  entryPoints: [`${dist}lambda/notifier.js`],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  charset: 'utf8',
  minify: true,
  legalComments: 'none',
  external: ['@aws-sdk/*'],
});
const required = (outputFiles[0]?.text ?? '')
  .replace(
    /\bimport\{([^}]*)\}from("[^"]*");/g,
    (_, names: string, module: string) =>
      `const{${names.replaceAll(' as ', ':')}}=require(${module});`,
  )
  .replace(/export\{(\w+) as handler\};/, 'exports.handler=$1;');
const { code: minified = '' } = await minify(required, {
  ecma: 2020,
  module: false,
  toplevel: true,
  compress: { passes: 3, keep_fargs: false },
  format: { quote_style: 1 },
});
// Loaded as Lambda loads it: an import or export that esbuild wrote in another way throws here.
const loaded: { readonly handler?: unknown } = {};
compileFunction(minified, ['exports', 'require'])(loaded, createRequire(import.meta.url));
if (typeof loaded.handler !== 'function') {
  throw new Error(
    'The bundle of the notifier exports no handler: see how esbuild writes the export of lambda/notifier.ts.',
  );
}
const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const code = `// The notifier of @patrol/core ${version}\n${minified}`;
writeFileSync(`${dist}notifier.js`, `export const notifierCode = ${JSON.stringify(code)};\n`);
writeFileSync(
  `${dist}notifier.d.ts`,
  [
    '/** The code of the notifier: one CommonJS module with a `handler`, which needs the AWS SDK of Lambda’s runtime. */',
    'export declare const notifierCode: string;',
    '',
  ].join('\n'),
);
