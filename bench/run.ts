/**
 * `pnpm bench`: what it costs to start a rule's function. Each measurement is the import of the handler in a fresh
 * process; the variants take turns, so that whatever else the machine does falls on all of them alike. Read the ratios
 * within one run; the milliseconds of two runs do not compare.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseManifest } from '@patrol/core/manifest';
import Table from 'cli-table3';
import { unzipSync } from 'fflate';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '31' } } });
const runs = Math.max(15, Number(values.runs));

interface Variant {
  readonly name: string;
  readonly folder: string;
  readonly zipBytes: number;
  readonly indexBytes: number;
  readonly times: number[];
}

const workspace = mkdtempSync(join(tmpdir(), 'patrol-bench-'));

function variant(
  name: string,
  files: Readonly<Record<string, Uint8Array | string>>,
  zipBytes: number,
): Variant {
  const folder = join(workspace, name.replaceAll(/\W+/g, '-'));
  mkdirSync(folder, { recursive: true });
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
  return {
    name,
    folder,
    zipBytes,
    indexBytes: Buffer.byteLength(files['index.mjs'] ?? ''),
    times: [],
  };
}

const packages = join(import.meta.dirname, '../packages');
const rules = readdirSync(packages)
  .filter((name) => name.startsWith('patrol-rules-'))
  .flatMap((name) => {
    const dist = join(packages, name, 'dist');
    const { rules: built } = parseManifest(readFileSync(join(dist, 'rules.json'), 'utf8'), dist);
    return built.map((rule) => ({
      name: rule.name,
      code: readFileSync(join(dist, rule.code.path)),
      parameters: Object.fromEntries(
        Object.entries(rule.parameters).map(([name, spec]) => [
          name,
          spec.default ?? spec.example ?? '',
        ]),
      ),
    }));
  });
const [first] = rules;
if (!first) throw new Error('There is no built rule to measure.');
const sdk = unzipSync(first.code)['sns.mjs'];
if (!sdk) throw new Error(`The zip of ${first.name} holds no sns.mjs.`);

const empty = variant(
  '(empty handler)',
  { 'index.mjs': 'export const handler = async () => {};\n' },
  0,
);
const eager = variant(
  '(client-sns imported eagerly)',
  {
    'index.mjs':
      "import { publish } from './sns.mjs';\nexport const handler = async () => publish;\n",
    'sns.mjs': sdk,
  },
  0,
);
const variants = [
  empty,
  eager,
  ...rules.map(({ name, code }) => variant(name, unzipSync(code), code.length)),
];

const program = `
  const started = performance.now();
  await import(process.argv[1]);
  process.stdout.write(String(performance.now() - started));`;
/** What the template would set, with the defaults and examples of every rule's parameters. */
const environment: Record<string, string> = {
  AWS_REGION: 'us-east-1',
  ALERT_TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:alerts',
  ...Object.assign({}, ...rules.map(({ parameters }) => parameters)),
};

for (let run = -2; run < runs; run += 1) {
  for (const { folder, times } of variants) {
    const output = execFileSync(
      process.execPath,
      ['--input-type=module', '--eval', program, join(folder, 'index.mjs')],
      { env: environment, encoding: 'utf8' },
    );
    // The first rounds warm the page cache.
    if (run >= 0) times.push(Number(output));
  }
}
rmSync(workspace, { recursive: true });

const quantile = (times: readonly number[], q: number): number =>
  times.toSorted((a, b) => a - b)[Math.round((times.length - 1) * q)] ?? Number.NaN;
const base = quantile(empty.times, 0.5);
const table = new Table({
  head: [
    'handler',
    'import, ms (p10 .. p90)',
    'over empty, ms',
    'ratio',
    'index.mjs, KB',
    'zip, KB',
  ],
  colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
  style: { head: [], border: [] },
});
const kilobytes = (bytes: number): string => (bytes === 0 ? '' : (bytes / 1024).toFixed(1));
for (const { name, times, zipBytes, indexBytes } of variants) {
  const median = quantile(times, 0.5);
  table.push([
    name,
    `${median.toFixed(1)} (${quantile(times, 0.1).toFixed(1)} .. ${quantile(times, 0.9).toFixed(1)})`,
    (median - base).toFixed(1),
    (median / base).toFixed(2),
    kilobytes(indexBytes),
    kilobytes(zipBytes),
  ]);
}
console.log(`node ${process.version}, ${runs} processes each, in turns`);
console.log(table.toString());
