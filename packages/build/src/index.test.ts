import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { unzipSync } from 'fflate';
import { afterAll, describe, expect, test } from 'vitest';
import { type Manifest, parseManifest } from '@patrol/core/contracts';
import { notifierCode } from '@patrol/core/notifier';
import { apiCallRecord } from '@patrol/core/testing';
import { BuildError, buildPackage, limits } from './index.ts';

/** The folder of this package, whose command is run. */
const here = fileURLToPath(new URL('..', import.meta.url));
/** The folder of @patrol/core, whose `dist` is what a bundle holds. */
const core = fileURLToPath(new URL('../../core', import.meta.url));
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

type Tree = Readonly<Record<string, string>>;

/** The text of a rule; `more` stands before the `evaluate` of the rule, `before` before the rule. */
const ruleText = (
  name: string,
  {
    before = '',
    more = 'parameters: {},',
    evaluate = 'return { title: detail.eventName, summary: "x" };',
    trigger = "apiCall('cloudtrail.amazonaws.com', ['StopLogging'])",
  } = {},
): string => `
import { apiCall, cis, defineRule, event, names, number, patterns, schedule, secret, sns, webhook } from '@patrol/core';
${before}
export const unused = [apiCall, cis, event, names, number, patterns, schedule, secret, sns, webhook];
export default defineRule({
  name: '${name}',
  title: 'Fixture',
  description: 'Alerts in tests.',
  severity: 'high',
  runbook: 'Do nothing.',
  triggers: [${trigger}],
  ${more}
  async evaluate(given, context) { const { detail } = given; ${evaluate} },
});
`;

/** A call on which the rules alert. */
const record = apiCallRecord('cloudtrail.amazonaws.com', 'StopLogging', {
  requestParameters: { name: 'main' },
});
const sample = JSON.stringify(record);
const rule = (
  name: string,
  options: Parameters<typeof ruleText>[1] = {},
  more: Tree = {},
): Tree => ({
  [`rules/${name}/rule.ts`]: ruleText(name, options),
  [`rules/${name}/sample.json`]: sample,
  ...Object.fromEntries(
    Object.entries(more).map(([path, text]) => [`rules/${name}/${path}`, text]),
  ),
});

/** The samples of triggers that are not CloudTrail's, as their functions are given them. */
const samples = {
  schedule: {
    id: 'c5a1b2d3-0000-4000-8000-000000000003',
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '111122223333',
    time: '2026-03-04T05:06:08Z',
    region: 'eu-west-1',
    resources: [],
    detail: {},
  },
  sns: {
    Records: [
      {
        EventSource: 'aws:sns',
        Sns: {
          MessageId: '6f1b6b1e-0000-4000-8000-000000000004',
          TopicArn: 'arn:aws:sns:eu-west-1:111122223333:source',
          Message: 'A backup failed.',
          Timestamp: '2026-03-04T05:06:07.000Z',
        },
      },
    ],
  },
  webhook: {
    name: 'fork',
    id: '6f1b6b1e-0000-4000-8000-000000000005',
    payload: {
      forkee: { full_name: 'mallory/ledger' },
      sender: { login: 'mallory', type: 'User' },
    },
  },
};

/** A rule on another source, with its sample. */
const from = (name: string, source: keyof typeof samples, more = 'parameters: {},'): Tree => ({
  ...rule(name, {
    trigger: {
      schedule: "schedule('rate(1 hour)')",
      sns: "sns(['backup.amazonaws.com'])",
      webhook: "webhook(['fork'])",
    }[source],
    more,
    evaluate: `return { title: '${source}', summary: 'x' };`,
  }),
  [`rules/${name}/sample.json`]: JSON.stringify(samples[source]),
});

/** Without the chunks that hold what several others need, and without the notifier. */
const named = (files: object): readonly string[] =>
  Object.keys(files).filter((name) => !/^shared\d+\.mjs$|^notifier\.js$/.test(name));

/** A package in a new folder for temporary files. `copied`: with a copy of core, as npm installs it, not a link to it. */
function fixture(tree: Tree, { depth = 0, copied = false } = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'patrol-build-'));
  folders.push(folder);
  const root = join(folder, ...Array.from({ length: depth }, () => 'deep'), 'package');
  const files: Tree = {
    'package.json': JSON.stringify({
      name: 'fixture',
      version: '1.2.3',
      type: 'module',
      homepage: 'https://example.com/fixture',
    }),
    ...tree,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const installed = join(root, 'node_modules/@patrol/core');
  mkdirSync(dirname(installed), { recursive: true });
  if (copied) {
    for (const part of ['package.json', 'dist'])
      cpSync(join(core, part), join(installed, part), { recursive: true });
  } else {
    symlinkSync(core, installed);
  }
  return root;
}

/** The files below a folder with their content's hash. */
function hashes(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map((item) => join(item.parentPath, item.name))
    .toSorted();
  return Object.fromEntries(
    names.map((name) => [
      name.slice(folder.length + 1),
      createHash('sha256').update(readFileSync(name)).digest('hex'),
    ]),
  );
}

const unzip = (root: string, name: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(unzipSync(readFileSync(join(root, `dist/rules/${name}/code.zip`)))).map(
      ([path, bytes]) => [path, Buffer.from(bytes).toString()],
    ),
  );

/** The error of a build that must not succeed. */
async function refusal(tree: Tree): Promise<string> {
  const root = fixture(tree);
  const error = await buildPackage(root).then(
    () => expect.fail('it was built'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(BuildError);
  expect(existsSync(join(root, 'dist'))).toBe(false);
  return (error as BuildError).message;
}

/** Runs a module in a Node process of its own. */
const run = (args: readonly string[], options: { cwd?: string; env?: Record<string, string> }) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      args,
      { ...options, env: { PATH: process.env['PATH'] ?? '', ...options.env } },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
      },
    );
  });

describe('a built package', async () => {
  const root = fixture({
    ...rule('watch'),
    ...rule('tokens', {
      more: "parameters: { token: secret('A token.', { example: 'arn:aws:ssm:eu-west-1:111122223333:parameter/t' }), limit: number('A limit.', { default: '3', maximum: 5 }) },",
    }),
    ...rule(
      'parts',
      {
        evaluate:
          "const { word } = await import('./lib/word.ts'); return { title: word, summary: 'x' };",
      },
      {
        'lib/word.ts':
          "import { join } from 'node:path';\nexport const word: string = join('lazy', 'word');",
      },
    ),
    ...rule('matching', {
      more: "parameters: { muted: patterns('What is muted.', { default: '', suppresses: true }) },",
      evaluate:
        "return { title: String(context.parameters.muted.find('a'.repeat(99), 'aab')), summary: 'x' };",
    }),
    ...from('listening', 'sns'),
    ...from('hooked', 'webhook'),
    ...from(
      'reminding',
      'schedule',
      "remindAfter: 86_400, references: [cis(5)], parameters: { token: secret('A token.', { example: 'arn:aws:ssm:eu-west-1:111122223333:parameter/t' }) },",
    ),
    ...rule('sparing', { more: 'onceWithin: 3600, parameters: {},' }),
    'rules/README.md': 'Not a rule.',
  });
  const all = [
    'hooked',
    'listening',
    'matching',
    'parts',
    'reminding',
    'sparing',
    'tokens',
    'watch',
  ];
  const manifest = await buildPackage(root);
  const built = (name: string) =>
    manifest.rules.find((found) => found.name === name) ?? expect.fail(`no ${name}`);

  test('has a manifest that names everything, sorted', () => {
    expect(JSON.parse(readFileSync(join(root, 'dist/rules.json'), 'utf8'))).toEqual(manifest);
    expect(manifest).toMatchObject({
      formatVersion: 1,
      package: { name: 'fixture', version: '1.2.3' },
      core: {
        version: JSON.parse(readFileSync(join(core, 'package.json'), 'utf8')).version,
      },
    });
    expect(manifest.rules.map(({ name }) => name)).toEqual(all);
    expect(built('watch')).toMatchObject({
      title: 'Fixture',
      severity: 'high',
      runbookUrl: 'https://example.com/fixture#watch',
      triggers: [{ kind: 'event', state: 'ENABLED' }],
      parameters: { deniedAttempts: { kind: 'choice', default: 'quiet' } },
      permissions: [],
      references: [],
      asks: false,
      regions: null,
      memorySize: 256,
      timeout: 30,
      code: { path: 'rules/watch/code.zip', handler: 'index.handler' },
      template: { path: 'rules/watch/template.json' },
      sample: { path: 'rules/watch/sample.json' },
    });
    expect(Object.keys(hashes(join(root, 'dist'))).toSorted()).toEqual(
      [
        'rules.json',
        ...all.flatMap((name) =>
          ['code.zip', 'sample.json', 'template.json'].map((file) => `rules/${name}/${file}`),
        ),
      ].toSorted(),
    );
  });

  test('has a manifest that tells every kind of source', () => {
    expect(built('listening').triggers).toEqual([
      { kind: 'sns', services: ['backup.amazonaws.com'] },
    ]);
    expect(built('hooked').triggers).toEqual([{ kind: 'webhook', events: ['fork'] }]);
    expect(built('reminding')).toMatchObject({
      triggers: [{ kind: 'schedule', expression: 'rate(1 hour)', everySeconds: 3600 }],
      remindAfter: 86_400,
      references: [expect.stringContaining('CIS AWS Foundations Benchmark 4.5')],
    });
    expect(built('sparing')).toMatchObject({ onceWithin: 3600 });
    for (const name of ['remindAfter', 'onceWithin']) {
      expect(built('watch')).not.toHaveProperty(name);
    }
    for (const name of ['hooked', 'listening', 'reminding']) expect(built(name).regions).toBeNull();
    expect(parseManifest(readFileSync(join(root, 'dist/rules.json'), 'utf8'), 'x')).toEqual(
      manifest,
    );
  });

  test('has hashes and sizes that are right', () => {
    const found = hashes(join(root, 'dist'));
    for (const { code, template } of manifest.rules) {
      expect(code.sha256).toBe(found[code.path]);
      expect(template.sha256).toBe(found[template.path]);
      expect(code.bytes).toBe(readFileSync(join(root, 'dist', code.path)).length);
    }
  });

  test('has the sample as EventBridge delivers it', () => {
    expect(
      JSON.parse(readFileSync(join(root, 'dist/rules/watch/sample.json'), 'utf8')),
    ).toMatchObject({
      'detail-type': 'AWS API Call via CloudTrail',
      source: 'aws.cloudtrail',
      detail: record,
    });
  });

  test('has the sample of another source as the function is given it', () => {
    for (const [name, source] of [
      ['listening', 'sns'],
      ['hooked', 'webhook'],
      ['reminding', 'schedule'],
    ] as const) {
      const text = readFileSync(join(root, `dist/rules/${name}/sample.json`), 'utf8');
      expect(JSON.parse(text)).toEqual(samples[source]);
    }
  });

  test('is within its limits', () => {
    expect(limits).toEqual({ index: 10 * 1024, zip: 160 * 1024 });
    for (const { code } of manifest.rules) expect(code.bytes).toBeLessThanOrEqual(limits.zip);
  });

  test('imports nothing but what Node and the zip have', () => {
    for (const { name } of manifest.rules) {
      const files = unzip(root, name);
      for (const [file, text] of Object.entries(files)) {
        const imports = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']/g)].map(
          ([, path = '']) => path,
        );
        for (const path of imports) {
          expect([
            file,
            path,
            isBuiltin(path) || Object.hasOwn(files, posix.join(posix.dirname(file), path)),
          ]).toEqual([file, path, true]);
        }
      }
      // Nothing of the AWS SDK is loaded at the start.
      expect(files['index.mjs']).not.toMatch(/SNSClient|@smithy|node_modules/);
    }
  });

  test('has the notifier of core, where the template looks for it', () => {
    for (const { name, template } of manifest.rules) {
      expect(unzip(root, name)['notifier.js']).toBe(notifierCode);
      const { Resources } = JSON.parse(readFileSync(join(root, 'dist', template.path), 'utf8'));
      expect(Resources.Notifier.Properties).toMatchObject({
        Code: Resources.Function.Properties.Code,
        Handler: 'notifier.handler',
      });
    }
  });

  test('carries what matches, reads secrets, remembers and receives only where it is needed', () => {
    const parts = (name: string): readonly string[] => named(unzip(root, name));
    const [alert, expressions, memory, once, secret, sns, telling, webhook] = [
      '@patrol/core/alert.mjs',
      '@patrol/core/expressions.mjs',
      ...['memory', 'once', 'secret', 'sns', 'telling', 'webhook'].map(
        (name) => `@patrol/core/lambda/${name}.mjs`,
      ),
    ];
    const all = [sns, telling];
    expect(parts('watch')).toEqual([alert, ...all, 'index.mjs']);
    expect(parts('listening')).toEqual([alert, ...all, 'index.mjs']);
    expect(parts('parts')).toEqual([alert, ...all, 'index.mjs', 'rules/parts/lib/word.mjs']);
    expect(parts('matching')).toEqual([alert, expressions, ...all, 'index.mjs']);
    expect(parts('tokens')).toEqual([alert, secret, ...all, 'index.mjs']);
    expect(parts('hooked')).toEqual([alert, secret, ...all, webhook, 'index.mjs']);
    expect(parts('reminding')).toEqual([alert, memory, secret, ...all, 'index.mjs']);
    expect(parts('sparing')).toEqual([alert, once, ...all, 'index.mjs']);
  });

  test('holds what several parts need once', () => {
    const files = unzip(root, 'reminding');
    // The signer of the AWS SDK, which its four clients need.
    const holders = Object.keys(files).filter((name) => files[name]?.includes('aws4_request'));
    expect(holders).toHaveLength(1);
    expect(holders[0]).toMatch(/^shared\d\.mjs$/);
    const [bytes = 0, alone = 0] = ['reminding', 'watch'].map((name) => built(name).code.bytes);
    expect(bytes).toBeLessThan(1.7 * alone);
    // Nothing in it that nothing loads, and nothing but what is loaded.
    const loaded = (name: string): readonly string[] =>
      [...(files[name] ?? '').matchAll(/["'](\.\.?\/[\w.@/-]+\.mjs)["']/g)].map(([, path = '']) =>
        posix.join(posix.dirname(name), path),
      );
    const reached = new Set(['index.mjs']);
    for (const name of reached) for (const path of loaded(name)) reached.add(path);
    // Another function is made of it.
    reached.add('notifier.js');
    expect([...reached].toSorted()).toEqual(Object.keys(files).toSorted());
  });

  test('says whose work it holds, and under which licence', () => {
    const files = unzip(root, 'reminding');
    const notices = (name: string): string =>
      /^\/\* Holds parts of (.+)\. \*\/\n/.exec(files[name] ?? '')?.[1] ?? '';
    for (const [name, library] of [
      ['memory', '@aws-sdk/client-dynamodb'],
      ['secret', '@aws-sdk/client-ssm'],
      ['sns', '@aws-sdk/client-sns'],
    ] as const) {
      expect(notices(`@patrol/core/lambda/${name}.mjs`)).toMatch(
        new RegExp(`${library} \\d+\\.\\d+\\.\\d+ \\(Apache-2\\.0\\)`),
      );
    }
    const shared = Object.keys(files).filter((name) => name.startsWith('shared'));
    expect(shared.map(notices).join()).toMatch(/@smithy\/core \S+ \(Apache-2\.0\)/);
    expect(unzip(root, 'parts')['rules/parts/lib/word.mjs']).toBeDefined();
    expect(unzip(root, 'parts')['rules/parts/lib/word.mjs']).not.toContain('Holds parts');
  });

  test('has zips of one date and one mode, readable by all', () => {
    for (const { code } of manifest.rules) {
      const zip = readFileSync(join(root, 'dist', code.path));
      let at = zip.indexOf('PK\u0001\u0002', 0, 'latin1');
      let entries = 0;
      for (; zip.readUInt32LE(at) === 0x02014b50; entries += 1) {
        expect(zip.readUInt8(at + 5)).toBe(3);
        expect(zip.readUInt16LE(at + 12)).toBe(0);
        // 1 January 1980.
        expect(zip.readUInt16LE(at + 14)).toBe((1 << 5) | 1);
        expect((zip.readUInt32LE(at + 38) >>> 16).toString(8)).toBe('100644');
        at +=
          46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
      }
      expect(entries).toBe(Object.keys(unzipSync(zip)).length);
    }
  });

  test('is the same when built again, over what was there', async () => {
    const before = hashes(join(root, 'dist'));
    writeFileSync(join(root, 'dist/left-over'), '');
    await buildPackage(root);
    expect(hashes(join(root, 'dist'))).toEqual(before);
  });

  describe('run by Node', () => {
    const unpacked = (name: string): string => {
      const folder = mkdtempSync(join(tmpdir(), 'patrol-built-'));
      folders.push(folder);
      for (const [path, text] of Object.entries(unzip(root, name))) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      return pathToFileURL(join(folder, 'index.mjs')).href;
    };
    const environment = {
      ALERT_TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:alerts',
      deniedAttempts: 'quiet',
    };
    const hookedEnvironment = {
      ALERT_TOPIC_ARN: environment.ALERT_TOPIC_ARN,
      WEBHOOK_SECRET_ARN:
        'arn:aws:secretsmanager:us-east-1:111122223333:secret:WebhookSecret-000000',
      MEMORY_TABLE: 'memory',
      token: 'arn:aws:ssm:eu-west-1:111122223333:parameter/t',
    };
    const decide = (name: string): readonly string[] => [
      '--input-type=module',
      '--eval',
      `const { evaluate, handler } = await import(${JSON.stringify(unpacked(name))});
       const { alerts } = await evaluate(${readFileSync(join(root, `dist/rules/${name}/sample.json`), 'utf8')});
       console.log(typeof handler, alerts.map(({ title, runbookUrl }) => title + ' ' + runbookUrl).join());`,
    ];

    test('decides', async () => {
      expect(await run(decide('watch'), { env: environment })).toEqual({
        code: 0,
        stdout: 'function StopLogging https://example.com/fixture#watch\n',
        stderr: '',
      });
    });

    test('loads its parts', async () => {
      expect((await run(decide('parts'), { env: environment })).stdout).toBe(
        'function lazy/word https://example.com/fixture#parts\n',
      );
    });

    test('matches regular expressions in linear time, and refuses at the start what cannot be', async () => {
      const { stdout } = await run(decide('matching'), {
        env: { ...environment, muted: '(a+)+b' },
      });
      expect(stdout).toBe('function (a+)+b https://example.com/fixture#matching\n');
      const { code, stderr } = await run(decide('matching'), {
        env: { ...environment, muted: '(a+)\\1b' },
      });
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining(
          'ParametersError: muted: "(a+)\\\\1b" cannot be matched in linear time: at character 5, ',
        ),
      ]);
    });

    test('decides about every source', async () => {
      for (const [name, source] of [
        ['listening', 'sns'],
        ['hooked', 'webhook'],
        ['reminding', 'schedule'],
      ] as const) {
        expect(await run(decide(name), { env: hookedEnvironment })).toEqual({
          code: 0,
          stdout: `function ${source} https://example.com/fixture#${name}\n`,
          stderr: '',
        });
      }
    });

    test('loads every part of it', async () => {
      for (const name of all) {
        const url = unpacked(name);
        // The notifier has the AWS SDK of Lambda's runtime. Core's build loads it.
        const program = Object.keys(unzip(root, name))
          .filter((file) => file !== 'notifier.js')
          .map((file) => `await import(${JSON.stringify(new URL(file, url).href)});`)
          .join('\n');
        const ran = await run(['--input-type=module', '--eval', program], {
          env: { ...environment, ...hookedEnvironment, limit: '3' },
        });
        expect([name, ran]).toEqual([name, { code: 0, stdout: '', stderr: '' }]);
      }
    });

    test('fails at the start on bad values, all at once', async () => {
      const { code, stderr } = await run(decide('tokens'), {
        env: { ...environment, token: 'hunter2', limit: '6', deniedAttempts: 'maybe' },
      });
      expect(code).toBe(1);
      expect(stderr).toContain('ParametersError: token: the value is not the ARN of a secret');
      expect(stderr).toContain('limit: "6" is not allowed; expected a number up to 5.');
      expect(stderr).toContain(
        'deniedAttempts: "maybe" is not allowed; expected one of quiet, alert.',
      );
      expect(stderr).not.toContain('hunter2');
    });

    test('fails at the start without a topic', async () => {
      expect(await run(decide('watch'), { env: { deniedAttempts: 'quiet' } })).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('ALERT_TOPIC_ARN: expected the ARN of '),
      });
    });
  });
});

describe('the same input gives the same bytes', () => {
  const tree = {
    ...rule('watch'),
    ...rule('other', { more: "parameters: { list: names('Names.', { default: 'a' }) }," }),
    ...rule('parts', {
      evaluate:
        "await Promise.all([import('../../lib/s3/client.ts'), import('../../lib/iam/client.ts')]); return undefined;",
    }),
    'lib/s3/client.ts': "export const word = 's3';",
    'lib/iam/client.ts': "export const word = 'iam';",
    // With several clients of the AWS SDK, so that there are shared chunks between them.
    ...from('hooked', 'webhook'),
    ...from(
      'reminding',
      'schedule',
      "remindAfter: 86_400, parameters: { token: secret('A token.', { example: 'arn:aws:ssm:eu-west-1:111122223333:parameter/t' }) },",
    ),
  };

  test('wherever the package lies, in any time zone, through the command', async () => {
    const near = fixture(tree, { copied: true });
    const deep = fixture(tree, { copied: true, depth: 3 });
    await buildPackage(near);
    const expected = hashes(join(near, 'dist'));
    for (const TZ of ['Pacific/Kiritimati', 'America/Los_Angeles']) {
      const result = await run([join(here, 'bin/patrol-build.cjs')], {
        cwd: deep,
        env: { TZ },
      });
      expect(result).toMatchObject({ code: 0, stderr: '' });
      expect(result.stdout).toMatch(/^(\w+ {2}[\d.]+ KB\n){5}5 rules built\n$/);
      expect(hashes(join(deep, 'dist'))).toEqual(expected);
    }
  });

  test('and another input other ones', async () => {
    const one = await buildPackage(fixture(rule('watch')));
    const other = await buildPackage(fixture(rule('watch', { evaluate: 'return undefined;' })));
    const sha256 = ({ rules }: Manifest): readonly unknown[] =>
      rules.map(({ code }) => code.sha256);
    expect(sha256(one)).not.toEqual(sha256(other));
  });
});

test('of a client of the AWS SDK only the schemas that are used are in the zip', async () => {
  const client = 'node_modules/@aws-sdk/client-fixture';
  const root = fixture({
    ...rule('watch', {
      evaluate:
        "const { used } = await import('@aws-sdk/client-fixture'); return { title: String(used), summary: 'x' };",
    }),
    [`${client}/package.json`]:
      '{ "name": "@aws-sdk/client-fixture", "version": "3.0.0", "main": "index.js", "module": "index.js", "sideEffects": false }',
    [`${client}/index.js`]: "export { used } from './schemas/schemas_0.js';",
    // As the SDK generates them.
    [`${client}/schemas/schemas_0.js`]: `const _jN = "jsonName";
const _hQ = "smithy.ts.sdk";
export var used = [3, [[0, { [_jN]: "usedField", [_hQ]: 1 }]]];
export var unused = [3, [[0, { [_jN]: "unusedField" }]]];
`,
  });
  await buildPackage(root);
  const text = Object.values(unzip(root, 'watch')).join('');
  expect(text).toMatch(/\{jsonName:"usedField",\[\w+\]:1\}/);
  expect(text).not.toContain('unusedField');
});

describe('the parts of a rule that load later', () => {
  /** The rule's zip, and the title of its alert when Node runs what is in it. */
  async function built(
    evaluate: string,
    parts: Tree,
    prepare: (root: string) => void = () => undefined,
  ): Promise<{ readonly files: Readonly<Record<string, string>>; readonly title: string }> {
    const root = fixture({ ...rule('watch', { evaluate }), ...parts });
    prepare(root);
    await buildPackage(root);
    const files = unzip(root, 'watch');
    const folder = mkdtempSync(join(tmpdir(), 'patrol-parts-'));
    folders.push(folder);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const program = `const { evaluate } = await import(${JSON.stringify(pathToFileURL(join(folder, 'index.mjs')).href)});
      const { alerts } = await evaluate(${readFileSync(join(root, 'dist/rules/watch/sample.json'), 'utf8')});
      console.log(alerts[0].title);`;
    const { stdout, stderr } = await run(['--input-type=module', '--eval', program], {
      env: {
        ALERT_TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:alerts',
        deniedAttempts: 'quiet',
      },
    });
    expect(stderr).toBe('');
    return { files, title: stdout.trim() };
  }

  /** An `evaluate` that gives the words of modules, in their order. */
  const words = (...paths: readonly string[]): string =>
    `const words = await Promise.all([${paths.map((path) => `import('${path}')`).join()}]);
     return { title: words.map(({ word }) => word).join(' '), summary: 'x' };`;

  test('are named by their paths: two files of one name in two folders are two parts', async () => {
    const { files, title } = await built(
      words('../../lib/s3/client.ts', '../../lib/iam/client.ts', './client.ts'),
      {
        'lib/s3/client.ts':
          "import { common } from '../common.ts';\nexport const word = `s3 ${common}`;",
        'lib/iam/client.ts':
          "import { common } from '../common.ts';\nexport const word = `iam ${common}`;",
        'lib/common.ts': "export const common = 'common'.repeat(globalThis.process.argv.length);",
        'rules/watch/client.ts': "export const word = 'own';",
      },
    );
    expect(title).toBe('s3 common iam common own');
    expect(named(files)).toEqual([
      '@patrol/core/alert.mjs',
      '@patrol/core/lambda/sns.mjs',
      '@patrol/core/lambda/telling.mjs',
      'index.mjs',
      'lib/iam/client.mjs',
      'lib/s3/client.mjs',
      'rules/watch/client.mjs',
    ]);
    // What both need is there once.
    expect(Object.values(files).filter((text) => text.includes('"common"'))).toHaveLength(1);
  });

  test('never take the name of the entry, of a shared part, of a part of core, or of each other', async () => {
    const taken = ['index.ts', 'shared1.ts', '@patrol/core/alert.ts', 'lib/a.js.ts', 'lib/a.js'];
    const { files, title } = await built(
      words(...taken.map((path) => `../../${path}`)),
      Object.fromEntries(taken.map((path) => [path, `export const word = '${path}';`])),
    );
    expect(title).toBe(taken.join(' '));
    expect(named(files)).toEqual([
      '@patrol/core/alert.mjs',
      '@patrol/core/alert.ts.mjs',
      '@patrol/core/lambda/sns.mjs',
      '@patrol/core/lambda/telling.mjs',
      'index.mjs',
      'index.ts.mjs',
      'lib/a.js.mjs',
      'lib/a.js.ts.mjs',
      'shared1.ts.mjs',
    ]);
  });

  test('may come from another package of a workspace, which is linked to', async () => {
    const { files, title } = await built(words('@acme/words/src/word.ts'), {}, (root) => {
      const linked = join(root, '../words');
      mkdirSync(join(linked, 'src'), { recursive: true });
      writeFileSync(join(linked, 'package.json'), '{ "name": "@acme/words" }');
      writeFileSync(join(linked, 'src/word.ts'), "export const word = 'linked';");
      mkdirSync(join(root, 'node_modules/@acme'));
      symlinkSync(linked, join(root, 'node_modules/@acme/words'));
    });
    expect(title).toBe('linked');
    expect(named(files)).toContain('node_modules/@acme/words/src/word.ts.mjs');
  });

  test('may have parts of their own, which are shared ones', async () => {
    const { files, title } = await built(
      `const { one } = await import('./one.ts');
       const { two } = await import('./two.ts');
       return { title: await one() + two, summary: 'x' };`,
      {
        'rules/watch/one.ts':
          "import { common } from './common.ts';\nexport const one = async () => common + (await import('./deep.ts')).deep;",
        'rules/watch/two.ts': "import { common } from './common.ts';\nexport const two = common;",
        'rules/watch/common.ts':
          "export const common = 'common'.repeat(globalThis.process.argv.length);",
        'rules/watch/deep.ts': "export const deep = 'deep';",
      },
    );
    expect(title).toBe('commondeepcommon');
    expect(named(files)).toEqual([
      '@patrol/core/alert.mjs',
      '@patrol/core/lambda/sns.mjs',
      '@patrol/core/lambda/telling.mjs',
      'index.mjs',
      'rules/watch/one.mjs',
      'rules/watch/two.mjs',
    ]);
    expect(Object.values(files).filter((text) => text.includes('"common"'))).toHaveLength(1);
    expect(Object.values(files).filter((text) => text.includes('"deep"'))).toHaveLength(1);
  });
});

describe('what is refused', () => {
  test('a typo in the name of a call, unless the rule says where the name comes from', async () => {
    const trigger = "event({ source: ['aws.kms'], detail: { eventName: ['DisableKy'] } })";
    const message = await refusal(rule('watch', { trigger }));
    expect(message).toContain('rules/watch: triggers: kms.amazonaws.com has no call DisableKy.');
    expect(message).toContain('Did you mean DisableKey?');
    const allowed = "parameters: {}, unlisted: { 'kms.amazonaws.com:DisableKy': 'https://…' },";
    expect(await refusal(rule('watch', { trigger, more: allowed }))).toBe(
      'rules/watch: the rule would never receive sample.json: it does not match the event pattern of the rule.',
    );
  });

  test('a library imported at the start, with a hint', async () => {
    const library = {
      'node_modules/left/package.json': '{ "name": "left", "main": "index.js" }',
      'node_modules/left/index.js': 'module.exports = () => 1;',
    };
    expect(
      await refusal({
        ...rule('watch', { before: "import left from 'left';\nleft();" }),
        ...library,
      }),
    ).toMatch(
      /^rules\/watch: index\.mjs would hold .*left\/index\.js\. Import libraries dynamically, .*`await import\('left'\)`\.$/,
    );
    // Also when a file of the rule's own imports it.
    expect(
      await refusal({
        ...rule(
          'watch',
          { before: "import './own.ts';" },
          { 'own.ts': "import left from 'left';\nleft();" },
        ),
        ...library,
      }),
    ).toContain("`await import('left')`");
    // Dynamically it is fine.
    const root = fixture({
      ...rule('watch', {
        evaluate:
          "const { default: left } = await import('left'); return { title: String(left()), summary: 'x' };",
      }),
      ...library,
    });
    await buildPackage(root);
    expect(named(unzip(root, 'watch'))).toContain('node_modules/left/index.js.mjs');
  });

  test('an import that no zip could hold', async () => {
    expect(await refusal(rule('watch', { evaluate: "await import('nowhere');" }))).toMatch(
      /^rules\/watch: .*nowhere/s,
    );
    expect(await refusal(rule('watch', { before: "import './nowhere.ts';" }))).toMatch(
      /^rules\/watch: .*nowhere/s,
    );
  });

  test('two copies of one library, of which one would be the other', async () => {
    const copy = (folder: string, word: string): Tree => ({
      [`${folder}node_modules/left/package.json`]: '{ "name": "left", "main": "index.js" }',
      [`${folder}node_modules/left/index.js`]: `module.exports = () => '${word}';`,
    });
    expect(
      await refusal({
        ...rule(
          'watch',
          { evaluate: "await import('left'); await import('./part.ts');" },
          { 'part.ts': 'export {};' },
        ),
        ...rule(
          'other',
          {
            before: "import { near } from './near/part.ts';",
            evaluate: "await import('left'); await near();",
          },
          { 'near/part.ts': "export const near = async () => await import('left');" },
        ),
        ...copy('', 'far'),
        ...copy('rules/other/near/', 'near'),
      }),
    ).toMatch(
      /^rules\/other: .*Two modules would have the name node_modules\/left\/index\.js\.mjs in the zip: .*left\/index\.js and .*left\/index\.js\. Rename one of them; of two copies of a library, remove one\./s,
    );
  });

  test('an index.mjs or a zip that is too large', async () => {
    const blob = (bytes: number): string =>
      `export const blob = '${randomBytes(bytes).toString('base64')}';`;
    expect(
      await refusal(
        rule(
          'watch',
          {
            before: "import { blob } from './blob.ts';",
            evaluate: 'return { title: blob, summary: blob };',
          },
          { 'blob.ts': blob(10_000) },
        ),
      ),
    ).toMatch(/^rules\/watch: index\.mjs takes \d+ bytes of the zip; at most 10240 are allowed\.$/);
    expect(
      await refusal(
        rule(
          'watch',
          {
            evaluate:
              "const { blob } = await import('./blob.ts'); return { title: blob, summary: blob };",
          },
          { 'blob.ts': blob(170_000) },
        ),
      ),
    ).toMatch(/^rules\/watch: the zip has \d+ bytes; at most 163840 are allowed\.$/);
  });

  test('a zip that is larger than the package allows this rule', async () => {
    const blob = `export const blob = '${randomBytes(65_000).toString('base64')}';`;
    const evaluate =
      "const { blob } = await import('./blob.ts'); return { title: blob, summary: blob };";
    const allowing = (rules: object): string =>
      JSON.stringify({ name: 'fixture', version: '1.0.0', patrol: { zipBytes: rules } });
    const tree = rule('watch', { evaluate }, { 'blob.ts': blob });
    expect(await refusal({ ...tree, 'package.json': allowing({ watch: 60_000 }) })).toMatch(
      /^rules\/watch: the zip has \d+ bytes; at most 60000 are allowed\.$/,
    );
    const root = fixture({ ...tree, 'package.json': allowing({ other: 60_000 }) });
    expect((await buildPackage(root)).rules).toHaveLength(1);
  });

  test('what the deployer would refuse in rules.json, with its place', async () => {
    const tree = rule('watch', { more: 'parameters: {}, memorySize: 64, timeout: 1.5,' });
    expect(
      await refusal({ ...tree, 'package.json': '{ "name": "fixture", "version": "next" }' }),
    ).toBe(
      [
        'rules.json would be wrong: package.version: expected a version such as 1.2.3; found "next"',
        'rules.json would be wrong: rules[0].memorySize (rule watch): expected a whole number from 128 to 10240; found 64',
        'rules.json would be wrong: rules[0].timeout (rule watch): expected a whole number from 1 to 900; found 1.5',
      ].join('\n'),
    );
  });

  test('a package without @patrol/core', async () => {
    const root = fixture({});
    rmSync(join(root, 'node_modules'), { recursive: true });
    // As a command of its own: pnpm tells its children of further folders of packages.
    const { code, stderr } = await run([join(here, 'bin/patrol-build.cjs')], { cwd: root });
    expect([code, stderr]).toEqual([
      1,
      `patrol-build: ${root} has no @patrol/core, which its rules are written with. Add it: \`pnpm add @patrol/core\`.\n`,
    ]);
  });

  test('a sample that is missing, not JSON, or never delivered', async () => {
    const tree = rule('watch');
    const { 'rules/watch/sample.json': _, ...without } = tree;
    expect(await refusal(without)).toMatch(
      /^rules\/watch: expected .*sample\.json: an event on which the rule alerts\.$/,
    );
    expect(await refusal({ ...tree, 'rules/watch/sample.json': '{' })).toMatch(
      /^rules\/watch: .*JSON/,
    );
    for (const [source, other] of [
      ['schedule', record],
      ['schedule', samples.webhook],
      ['sns', samples.schedule],
      ['sns', { Records: [] }],
      ['webhook', { ...samples.webhook, name: 'push' }],
      ['webhook', { name: 'fork' }],
    ] as const) {
      const sampled = {
        ...from('watch', source),
        'rules/watch/sample.json': JSON.stringify(other),
      };
      expect(await refusal(sampled)).toMatch(
        /^rules\/watch: the rule would never receive sample\.json: /,
      );
    }
    for (const other of [{ ...record, eventName: 'DeleteTrail' }, {}, null, [record]]) {
      expect(await refusal({ ...tree, 'rules/watch/sample.json': JSON.stringify(other) })).toMatch(
        /^rules\/watch: the rule would never receive sample\.json: /,
      );
    }
  });

  test('a file that is missing, broken, or no rule', async () => {
    expect(await refusal({ 'rules/watch/sample.json': sample })).toMatch(
      /^rules\/watch: expected .*rule\.ts, found no such file\.$/,
    );
    expect(await refusal({ ...rule('watch'), 'rules/watch/rule.ts': 'export default {' })).toMatch(
      /^rules\/watch: /,
    );
    for (const text of ['export const x = 1;', 'export default 1;', 'export default {};']) {
      expect(await refusal({ ...rule('watch'), 'rules/watch/rule.ts': text })).toMatch(
        /^rules\/watch: expected .*rule\.ts to `export default defineRule\(\{ … \}\)`\.$/,
      );
    }
    expect(
      await refusal({ ...rule('watch'), 'rules/watch/rule.ts': "throw new Error('at import');" }),
    ).toBe('rules/watch: at import');
  });

  test('a rule with problems: all of them, of all rules', async () => {
    expect(
      await refusal({
        ...rule('watch'),
        'rules/one/rule.ts': ruleText('uno', { trigger: '' }),
        'rules/two/rule.ts': ruleText('two', { more: "parameters: { limit: number('A limit') }," }),
      }),
    ).toBe(
      [
        'rules/one: name "uno" must be that of its folder, one; triggers must not be empty: nothing would ever run the rule',
        'rules/two: parameter limit: the description must be a sentence; parameter limit must have a default or an example',
      ].join('\n'),
    );
  });

  test('and nothing of what was built before is lost', async () => {
    const root = fixture({
      ...rule('watch'),
      ...rule('other', { more: '' }),
      'dist/rules.json': 'from before',
    });
    await expect(buildPackage(root)).rejects.toThrow('rules/other');
    expect(readFileSync(join(root, 'dist/rules.json'), 'utf8')).toBe('from before');
    expect(readdirSync(join(root, 'dist'))).toEqual(['rules.json']);
  });

  test('through the command, with exit code 1 and no stack', async () => {
    const root = fixture({ ...rule('watch'), ...rule('other', { trigger: '' }) });
    expect(await run([join(here, 'bin/patrol-build.cjs')], { cwd: root })).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'patrol-build: rules/other: triggers must not be empty: nothing would ever run the rule\n',
    });
  });
});

describe('regions in the manifest', () => {
  test.each([
    ['where all of its events are', "apiCall('iam.amazonaws.com', ['CreateUser'])", ['us-east-1']],
    [
      'anywhere when one of them is',
      "apiCall('iam.amazonaws.com', ['CreateUser']), apiCall('cloudtrail.amazonaws.com', ['StopLogging'])",
      null,
    ],
    ['anywhere on a clock', "schedule('rate(1 day)')", null],
  ])('%s', async (_, trigger, expected) => {
    const eventSource = trigger.includes('cloudtrail')
      ? 'cloudtrail.amazonaws.com'
      : 'iam.amazonaws.com';
    const eventName = trigger.includes('cloudtrail') ? 'StopLogging' : 'CreateUser';
    const { rules } = await buildPackage(
      fixture({
        ...rule('watch', { trigger }),
        'rules/watch/sample.json': JSON.stringify(
          trigger.startsWith('schedule') ? samples.schedule : { ...record, eventSource, eventName },
        ),
      }),
    );
    expect(rules[0]?.regions).toEqual(expected);
  });
});

describe('overview.ts', () => {
  const secret =
    "parameters: { token: secret('A token.', { example: 'arn:aws:ssm:eu-west-1:111122223333:parameter/t' }) },";
  const data = JSON.stringify({ ...record, eventCategory: 'Data', managementEvent: false });
  const tree = {
    ...rule('watch'),
    ...rule('other', { more: 'parameters: {}, references: [cis(5)],' }),
    ...rule('tokens', { more: secret.replace('},', '}, references: [cis(5)],') }),
    ...from('hooked', 'webhook'),
    ...rule('reads'),
    'rules/reads/sample.json': data,
  };
  const overview = (sets: string, areas = ''): Tree => ({
    ...tree,
    'overview.ts': `import type { Overview } from '@patrol/build';
export default { ${areas} sets: { ${sets} } } satisfies Overview;`,
  });

  test('gives the manifest its areas and sets; a set by a condition leaves out what no set can have', async () => {
    const areas = "areas: { Calls: ['watch', 'other', 'reads'], Others: ['tokens', 'hooked'] },";
    const sets = `few: { description: 'A few.', rules: ['watch', 'other'] },
      cis: { description: 'By reference.', rules: ({ references }) => references.length > 0 },
      all: { description: 'All that can be.', rules: () => true },`;
    const manifest = await buildPackage(fixture(overview(sets, areas)));
    expect(manifest.areas).toEqual([
      { title: 'Calls', rules: ['watch', 'other', 'reads'] },
      { title: 'Others', rules: ['tokens', 'hooked'] },
    ]);
    expect(manifest.sets).toEqual({
      few: { description: 'A few.', rules: ['other', 'watch'] },
      cis: { description: 'By reference.', rules: ['other'] },
      all: { description: 'All that can be.', rules: ['other', 'watch'] },
    });
  });

  test('is refused with everything that is wrong with it', async () => {
    const areas = "areas: { Calls: ['watch', 'other', 'reads', 'watch'] },";
    const sets =
      "few: { description: 'A few.', rules: ['wach', 'tokens', 'hooked', 'reads', 'other', 'other'] }";
    expect((await refusal(overview(sets, areas))).split('\n')).toEqual([
      'overview.ts: areas names watch twice',
      'overview.ts: areas has no place for hooked: add it to one of them',
      'overview.ts: areas has no place for tokens: add it to one of them',
      'overview.ts: the set few names wach, and there is no such rule. Did you mean watch?',
      'overview.ts: the set few names other twice',
      'overview.ts: the set few cannot have tokens: its parameter token is required',
      'overview.ts: the set few cannot have hooked: its webhook needs a secret at GitHub',
      'overview.ts: the set few cannot have reads: its sample is a data event, for which CloudTrail charges',
    ]);
    expect(await refusal({ ...tree, 'overview.ts': 'export const sets = {};' })).toMatch(
      /^expected .*overview\.ts to `export default/,
    );
    expect(await refusal(overview("none: { description: 'None.', rules: () => false }"))).toBe(
      'rules.json would be wrong: sets.none.rules: expected at least one item; found an empty list',
    );
  });
});
