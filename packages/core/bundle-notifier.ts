/**
 * Makes `dist/notifier.js` of the compiled notifier: a module with its code as one text. It stands in templates, so it is
 * one minified CommonJS module. The AWS SDK is left out: Lambda's runtime has it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('dist/', import.meta.url));
const { outputFiles } = await build({
  entryPoints: [`${dist}lambda/notifier.js`],
  bundle: true,
  write: false,
  format: 'cjs',
  platform: 'node',
  target: 'node24',
  charset: 'utf8',
  minify: true,
  legalComments: 'none',
  external: ['@aws-sdk/*'],
});
const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const code = `// The notifier of @patrol/core ${version}\n${outputFiles[0]?.text}`;
writeFileSync(`${dist}notifier.js`, `export const notifierCode = ${JSON.stringify(code)};\n`);
writeFileSync(
  `${dist}notifier.d.ts`,
  [
    '/** The code of the notifier: one CommonJS module with a `handler`, which needs the AWS SDK of Lambda’s runtime. */',
    'export declare const notifierCode: string;',
    '',
  ].join('\n'),
);
