/**
 * `@patrol/build`: a folder of rules becomes zips, templates and one manifest.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { deflateSync } from 'fflate';
import { type AnyRule, isObject, type Trigger } from '@patrol/core';
import {
  allParameters,
  eventRegions,
  isCloudTrailRecord,
  ruleDelivery,
  ruleState,
  wrapRecord,
} from '@patrol/core/evaluation';
import {
  type Manifest,
  manifestProblems,
  manifestVersion,
  type RuleManifest,
  type TriggerManifest,
} from '@patrol/core/contracts';
import { notifierCode } from '@patrol/core/notifier';
import { defaults, entry, notifierEntry, ruleTemplate } from '@patrol/core/template';
import { bundle, bundleDeclaration, type Files, ruleFile } from './bundle.ts';
import { problemsOf } from './check.ts';
import { type Overview, overviewOf } from './overview.ts';
import { zip } from './zip.ts';

export { catalogue, withCatalogue } from './catalogue.ts';
export type { Overview, RuleSet } from './overview.ts';
export { type WatchedCall, watchedCalls } from './names/watched.ts';

/**
 * The most bytes, compressed, that a zip may hold. `index` is for the rule's own code with core's runtime, `zip` for
 * everything. A package can allow a rule a larger zip, by its name: `"patrol": { "zipBytes": { "watchAll": 200000 } }` in its
 * package.json.
 */
export const limits: { readonly index: number; readonly zip: number } = {
  index: 10 * 1024,
  zip: 160 * 1024,
};

/** A built rule: its entry in the manifest and the files that the entry names, by path. */
export interface Built {
  readonly rule: RuleManifest;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** An error in a rule or in its package. The message has one problem on each line. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
}

/** What is read of the package.json of a rule package. */
export interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly homepage?: string;
  readonly patrol?: { readonly zipBytes?: Readonly<Record<string, number>> };
}

/** The most bytes that the zip of a rule may have. */
export const zipBytesOf = (rule: string, { patrol }: PackageJson): number =>
  patrol?.zipBytes?.[rule] ?? limits.zip;

/**
 * Builds the package in a folder: every `rules/<name>/rule.ts` with its `sample.json`, into `dist`, with what `overview.ts`
 * says of them together. Nothing is written unless all rules build.
 *
 * @param root the package's folder, with its package.json.
 * @returns the manifest, as written to `dist/rules.json`.
 * @throws BuildError with every problem of every rule.
 */
export async function buildPackage(root: string): Promise<Manifest> {
  const packageJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PackageJson;
  const built: Built[] = [];
  const problems: string[] = [];
  for (const name of ruleNames(root)) {
    try {
      built.push(await buildRule(root, name, packageJson.homepage, zipBytesOf(name, packageJson)));
    } catch (error) {
      problems.push(`rules/${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (problems.length > 0) throw new BuildError(problems.join('\n'));
  const manifest: Manifest = {
    formatVersion: manifestVersion,
    package: { name: packageJson.name, version: packageJson.version },
    core: { version: coreVersion(root) },
    rules: built.map(({ rule }) => rule),
    ...(await readOverview(root, built)),
  };
  // patrol-deploy reads the manifest by the same checks. Mistakes show here, and not when somebody deploys.
  const refused = manifestProblems(JSON.parse(JSON.stringify(manifest)));
  if (refused.length > 0) {
    throw new BuildError(
      refused.map((problem) => `rules.json would be wrong: ${problem}`).join('\n'),
    );
  }
  const dist = join(root, 'dist');
  rmSync(dist, { recursive: true, force: true });
  for (const { files } of built) {
    for (const [path, content] of files) write(join(dist, path), content);
  }
  write(join(dist, 'rules.json'), json(manifest));
  return manifest;
}

/**
 * Reads the {@link Overview} of a package: `overview.ts` beside `rules`.
 *
 * @throws BuildError with everything that is wrong with it.
 */
async function readOverview(
  root: string,
  built: readonly Built[],
): Promise<Pick<Manifest, 'areas' | 'sets'>> {
  const file = join(root, 'overview.ts');
  if (!existsSync(file)) return {};
  const overview = await defaultOf(file, root);
  if (!isObject(overview)) {
    throw new BuildError(`expected ${file} to \`export default { … } satisfies Overview\`.`);
  }
  const sampled = built.map(({ rule, files }) => {
    const sample = Buffer.from(files.get(rule.sample.path) ?? []).toString();
    return { rule, sample: JSON.parse(sample) as unknown };
  });
  const found = overviewOf(overview as Overview, sampled);
  if ('parts' in found) return found.parts;
  throw new BuildError(found.problems.map((problem) => `overview.ts: ${problem}`).join('\n'));
}

/** What a module of the package exports as its default. */
async function defaultOf(file: string, root: string): Promise<unknown> {
  const text = await bundleDeclaration(file, root);
  const module: unknown = await import(
    `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`
  );
  return isObject(module) ? module['default'] : undefined;
}

/**
 * The version of `@patrol/core` that the package finds, and that goes into its zips.
 *
 * @throws BuildError when there is none.
 */
function coreVersion(root: string): string {
  const { resolve } = createRequire(join(root, 'package.json'));
  let file: string;
  try {
    file = resolve('@patrol/core/package.json');
  } catch (error) {
    throw new BuildError(
      `${root} has no @patrol/core, which its rules are written with. Add it: \`pnpm add @patrol/core\`.`,
      { cause: error },
    );
  }
  return (JSON.parse(readFileSync(file, 'utf8')) as PackageJson).version;
}

/** The folders of `rules`, sorted. */
function ruleNames(root: string): readonly string[] {
  const folder = join(root, 'rules');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((item) => item.isDirectory())
    .map((item) => item.name)
    .toSorted((a, b) => (a < b ? -1 : 1));
}

/**
 * Builds one rule.
 *
 * @param zipBytes the most bytes of its zip.
 * @throws an Error that names everything that is wrong with it.
 */
export async function buildRule(
  root: string,
  name: string,
  homepage?: string,
  zipBytes: number = limits.zip,
): Promise<Built> {
  const rule = await loadRule(root, name);
  const sample = readSample(root, rule);
  const runbookUrl = homepage ? `${homepage}#${rule.name.toLowerCase()}` : null;
  const files = new Map([
    ...(await bundle(entryText(rule, runbookUrl), join(root, 'rules', name), root)),
    [notifierEntry.replace('.handler', '.js'), Buffer.from(notifierCode)] as const,
  ]);
  const code = zip(files);
  checkLimits(files, code, zipBytes);
  // Without white space: only a template of up to 51,200 bytes can be deployed without a bucket.
  const template = Buffer.from(JSON.stringify(ruleTemplate(rule)));
  const path = (file: string): string => `rules/${name}/${file}`;
  return {
    rule: {
      name: rule.name,
      title: rule.title,
      description: rule.description,
      severity: rule.severity,
      runbook: rule.runbook,
      runbookUrl,
      references: rule.references ?? [],
      asks: rule.clients !== undefined,
      ...(rule.remindAfter === undefined ? {} : { remindAfter: rule.remindAfter }),
      ...(rule.onceWithin === undefined ? {} : { onceWithin: rule.onceWithin }),
      triggers: rule.triggers.map(triggerManifest),
      parameters: allParameters(rule),
      permissions: rule.permissions ?? [],
      regions: ruleRegions(rule),
      memorySize: rule.memorySize ?? defaults.memorySize,
      timeout: rule.timeout ?? defaults.timeout,
      ...(rule.watches ? { watches: true } : {}),
      code: { path: path('code.zip'), sha256: sha256(code), bytes: code.length, handler: entry },
      template: { path: path('template.json'), sha256: sha256(template) },
      sample: { path: path('sample.json') },
    },
    files: new Map([
      [path('code.zip'), code],
      [path('template.json'), template],
      [path('sample.json'), json(sample)],
    ]),
  };
}

/** Imports a rule's file and checks what it declares. */
async function loadRule(root: string, name: string): Promise<AnyRule> {
  const file = ruleFile(root, name);
  if (!existsSync(file)) throw new Error(`expected ${file}, found no such file.`);
  const rule = await defaultOf(file, root);
  if (!isObject(rule) || typeof rule['evaluate'] !== 'function') {
    throw new Error(`expected ${file} to \`export default defineRule({ … })\`.`);
  }
  const problems = problemsOf(rule as unknown as AnyRule, name);
  if (problems.length > 0) throw new Error(problems.join('; '));
  return rule as unknown as AnyRule;
}

/**
 * Reads the sample event: a plain CloudTrail record, or what the function is given. A trigger of the rule must deliver it.
 */
function readSample(root: string, rule: AnyRule): unknown {
  const file = join(root, 'rules', rule.name, 'sample.json');
  if (!existsSync(file)) throw new Error(`expected ${file}: an event on which the rule alerts.`);
  const found: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const sample = isCloudTrailRecord(found) ? wrapRecord(found) : found;
  const reason = ruleDelivery(rule)(sample);
  if (reason) throw new Error(`the rule would never receive sample.json: ${reason}.`);
  return sample;
}

/** The module that becomes `index.mjs`. */
function entryText(rule: AnyRule, runbookUrl: string | null): string {
  const isHooked = rule.triggers.some(({ kind }: Trigger) => kind === 'webhook');
  const parameters = allParameters(rule);
  const kinds = new Set(Object.values(parameters).map(({ kind }) => kind));
  const hasSecrets = kinds.has('secret');
  const hasCommon = Object.keys(parameters).length > Object.keys(rule.parameters).length;
  const declared = hasCommon ? 'withCommonParameters(rule)' : 'rule.parameters';
  const hasExpressions = kinds.has('patterns') || kinds.has('pairs');
  const world = [
    `runbookUrl: ${JSON.stringify(runbookUrl)}`,
    ...(hasExpressions
      ? [
          `readExpressions: await expressionReader(() => import('@patrol/core/lambda/expressions'), ${declared})`,
        ]
      : []),
    ...(hasSecrets || isHooked
      ? [
          "readSecret: async (reference) => (await import('@patrol/core/lambda/secret')).readSecret(reference)",
        ]
      : []),
    ...(isHooked ? ["webhook: () => import('@patrol/core/lambda/webhook')"] : []),
    ...(rule.remindAfter === undefined
      ? []
      : ["memory: () => import('@patrol/core/lambda/memory')"]),
    ...(rule.onceWithin === undefined ? [] : ["once: () => import('@patrol/core/lambda/once')"]),
  ];
  return `import { ${hasExpressions ? 'expressionReader, ' : ''}start } from '@patrol/core/lambda';
${hasCommon ? "import { withCommonParameters } from '@patrol/core/evaluation';\n" : ''}import rule from './rule.ts';
export const { handler, evaluate } = start(rule, {
${hasCommon ? `  parameters: ${declared},\n` : ''}${world.map((part) => `  ${part},\n`).join('')}});
`;
}

function checkLimits(files: Files, code: Uint8Array, zipBytes: number): void {
  const index = deflateSync(files.get('index.mjs') ?? new Uint8Array(), { level: 9 }).length;
  if (index > limits.index) {
    throw new Error(
      `index.mjs takes ${index} bytes of the zip; at most ${limits.index} are allowed.`,
    );
  }
  if (code.length > zipBytes) {
    throw new Error(`the zip has ${code.length} bytes; at most ${zipBytes} are allowed.`);
  }
}

function triggerManifest(trigger: Trigger): TriggerManifest {
  switch (trigger.kind) {
    case 'event':
      return { kind: 'event', pattern: trigger.pattern, state: ruleState(trigger.pattern) };
    case 'schedule':
      return {
        kind: 'schedule',
        expression: trigger.expression,
        everySeconds: trigger.everySeconds,
      };
    case 'sns':
      return { kind: 'sns', services: trigger.services };
    case 'webhook':
      return {
        kind: 'webhook',
        ...(trigger.from ? { from: trigger.from } : {}),
        events: trigger.events,
        ...(trigger.also ? { also: trigger.also } : {}),
      };
  }
}

/** The regions in which all of the events of the rule occur; `null` when one of them occurs in any region. */
function ruleRegions(rule: AnyRule): readonly string[] | null {
  const perTrigger = rule.triggers.map((trigger: Trigger) =>
    trigger.kind === 'event' ? eventRegions(trigger.pattern) : undefined,
  );
  if (perTrigger.includes(undefined)) return null;
  return [...new Set(perTrigger.flatMap((regions) => regions ?? []))].toSorted();
}

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

const json = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);

function write(path: string, content: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
