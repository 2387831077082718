/**
 * `pnpm bench`: what it costs to start a rule's function, and to send its first alert. Each measurement is made in a fresh
 * process; the variants take turns, so that whatever else the machine does falls on all of them alike. Read the ratios
 * within one run; the milliseconds of two runs do not compare.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { parseManifest, type RuleManifest } from '@patrol/core/contracts';
import Table from 'cli-table3';
import { unzipSync } from 'fflate';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '31' } } });
const runs = Math.max(15, Number(values.runs));

type Environment = Readonly<Record<string, string>>;

interface Variant {
  readonly name: string;
  readonly folder: string;
  readonly zipBytes: number;
  readonly indexBytes: number;
  readonly environment: Environment;
  /** The file of an event on which it alerts, where it needs nobody but SNS for that. */
  readonly event: string | undefined;
  readonly times: { readonly start: number[]; readonly alert: number[] };
}

const workspace = mkdtempSync(join(tmpdir(), 'patrol-bench-'));

function variant(
  name: string,
  files: Readonly<Record<string, Uint8Array | string>>,
  more: Partial<Pick<Variant, 'zipBytes' | 'environment' | 'event'>> = {},
): Variant {
  const folder = join(workspace, name.replaceAll(/\W+/g, '-'));
  mkdirSync(folder, { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content);
  }
  return {
    name,
    folder,
    zipBytes: 0,
    indexBytes: Buffer.byteLength(files['index.mjs'] ?? ''),
    environment: {},
    event: undefined,
    times: { start: [], alert: [] },
    ...more,
  };
}

/** What the template would set, with the defaults and examples of the rule's parameters. */
const environmentOf = (rule: RuleManifest): Environment => ({
  ALERT_TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:alerts',
  WEBHOOK_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:WebhookSecret-000000',
  MEMORY_TABLE: 'memory',
  ...Object.fromEntries(
    Object.entries(rule.parameters).map(([name, spec]) => [
      name,
      spec.default ?? spec.example ?? '',
    ]),
  ),
});

const packages = join(import.meta.dirname, '../packages');
const rules = readdirSync(packages)
  .filter((name) => name.startsWith('patrol-rules-'))
  .map((name) => join(packages, name, 'dist'))
  .flatMap((dist) =>
    parseManifest(readFileSync(join(dist, 'rules.json'), 'utf8'), dist).rules.map((rule) => ({
      rule,
      dist,
      code: readFileSync(join(dist, rule.code.path)),
    })),
  );
const [first] = rules;
if (!first) throw new Error('There is no built rule to measure.');
const { 'index.mjs': _, ...chunks } = unzipSync(first.code);
const sender = '@patrol/core/lambda/sns.mjs';
if (!chunks[sender]) throw new Error(`The zip of ${first.rule.name} holds no ${sender}.`);

const empty = variant('(empty handler)', {
  'index.mjs': 'export const handler = async () => {};\n',
});
const eager = variant('(client-sns imported eagerly)', {
  ...chunks,
  'index.mjs': `import { publish } from './${sender}';\nexport const handler = async () => publish;\n`,
});
const variants = [
  empty,
  eager,
  ...rules.map(({ rule, dist, code }) => {
    const needsOnlySns =
      !rule.asks &&
      rule.remindAfter === undefined &&
      rule.triggers.every(({ kind }) => kind === 'event' || kind === 'sns');
    return variant(rule.name, unzipSync(code), {
      zipBytes: code.length,
      environment: environmentOf(rule),
      event: needsOnlySns ? join(dist, rule.sample.path) : undefined,
    });
  }),
];

/** Answers as SNS does when it is given a message. */
const sns = new Worker(
  `
  const { createServer } = require('node:http');
  const { parentPort } = require('node:worker_threads');
  const answer = '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>00000000-0000-4000-8000-000000000000</MessageId></PublishResult></PublishResponse>';
  createServer((request, response) => {
    request.resume().on('end', () => response.setHeader('content-type', 'text/xml').end(answer));
  }).listen(0, '127.0.0.1', function () { parentPort.postMessage(this.address().port); });`,
  { eval: true },
);
const port = await new Promise<number>((resolve) => sns.once('message', resolve));

/** The last line of its output is the time of the import and, when an event is given, of the answer to it. */
const program = `
  import { readFileSync } from 'node:fs';
  const [, index, sample] = process.argv;
  const event = sample && JSON.parse(readFileSync(sample, 'utf8'));
  const started = performance.now();
  const { handler } = await import(index);
  const imported = performance.now();
  const alerts = event ? (await handler(event)).alerts : 0;
  const answered = performance.now();
  if (event && alerts === 0) throw new Error('There was no alert on ' + sample);
  console.log('\\n' + JSON.stringify([imported - started, answered - imported]));`;
const common: Environment = {
  AWS_REGION: 'us-east-1',
  AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  AWS_SESSION_TOKEN: 'bench',
};

for (let run = -2; run < runs; run += 1) {
  for (const { folder, environment, event, times } of variants) {
    const output = execFileSync(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        program,
        join(folder, 'index.mjs'),
        ...(event === undefined ? [] : [event]),
      ],
      { env: { ...common, ...environment }, encoding: 'utf8' },
    );
    // The first rounds warm the page cache.
    if (run < 0) continue;
    const [start, alert] = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as [
      number,
      number,
    ];
    times.start.push(start);
    if (event !== undefined) times.alert.push(alert);
  }
}
await sns.terminate();
rmSync(workspace, { recursive: true });

const quantile = (times: readonly number[], q: number): number =>
  times.toSorted((a, b) => a - b)[Math.round((times.length - 1) * q)] ?? Number.NaN;
const shown = (times: readonly number[]): string =>
  times.length === 0
    ? ''
    : `${quantile(times, 0.5).toFixed(1)} (${quantile(times, 0.1).toFixed(1)} .. ${quantile(times, 0.9).toFixed(1)})`;
const base = quantile(empty.times.start, 0.5);
const table = new Table({
  head: [
    'handler',
    'import, ms (p10 .. p90)',
    'over empty, ms',
    'ratio',
    'first alert, ms (p10 .. p90)',
    'index.mjs, KB',
    'zip, KB',
  ],
  colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
  style: { head: [], border: [] },
});
const kilobytes = (bytes: number): string => (bytes === 0 ? '' : (bytes / 1024).toFixed(1));
for (const { name, times, zipBytes, indexBytes } of variants) {
  const median = quantile(times.start, 0.5);
  table.push([
    name,
    shown(times.start),
    (median - base).toFixed(1),
    (median / base).toFixed(2),
    shown(times.alert),
    kilobytes(indexBytes),
    kilobytes(zipBytes),
  ]);
}
console.log(`node ${process.version}, ${runs} processes each, in turns`);
console.log(table.toString());
