/**
 * Makes `dist/notifier.js` of the compiled notifier: a module with its code as one text. It stands in templates, so it is
 * one minified CommonJS module. The AWS SDK is left out: Lambda's runtime has it.
 *
 * A template that is sent along with a request has 51,200 bytes at most. esbuild's own CommonJS begins with half a kilobyte of
 * helpers, and each double quote takes two bytes in JSON. So both are taken out of what esbuild makes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

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
const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const bundled = outputFiles[0]?.text ?? '';
const quoted = bundled.replace(/(?<=[(,=:?[&|+]|return)"([^"'`\\\n]*)"(?=[),;:\]}?.])/g, "'$1'");
/** esbuild writes quotes in its own way whatever they were, so that nothing else may have changed. */
const normal = async (text: string): Promise<string> =>
  (await transform(text, { minify: true, charset: 'utf8', target: 'node24' })).code;
const required = quoted
  .replace(
    /\bimport\{([^}]*)\}from("[^"]*");/g,
    (_, names: string, module: string) =>
      `const{${names.replaceAll(' as ', ':')}}=require(${module});`,
  )
  .replace(/export\{(\w+) as handler\};/, 'exports.handler=$1;');
if ((await normal(quoted)) !== (await normal(bundled)) || /\b(import|export)\{/.test(required)) {
  throw new Error('The bundled notifier has quotes, imports or exports that cannot be rewritten.');
}
const code = `// The notifier of @patrol/core ${version}\n${required}`;
writeFileSync(`${dist}notifier.js`, `export const notifierCode = ${JSON.stringify(code)};\n`);
writeFileSync(
  `${dist}notifier.d.ts`,
  [
    '/** The code of the notifier: one CommonJS module with a `handler`, which needs the AWS SDK of Lambda’s runtime. */',
    'export declare const notifierCode: string;',
    '',
  ].join('\n'),
);
