/** Finds rule packages and reads what they ship: `rules.json` and the files that it names. Runs none of their code. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { type Manifest, parseManifest, type RuleManifest } from '@patrol/core/contracts';
import { patrolCommand, type RunScope } from '../text/command.ts';
import { messageOf, OperatorError, UsageError } from '../text/errors.ts';
import { nearest } from '../text/nearest.ts';
import { type LookupFrom, type Origin, packageNamed, packagesNamed } from './lookup.ts';
import { isBase } from '../identity/naming.ts';

/** A rule package on disk. */
export interface Assembly {
  /** The part before the slash in the name of a rule, and in stack names: `aws` for `@patrol/rules-aws`. */
  readonly shortName: string;
  /** The folder of `rules.json`. */
  readonly folder: string;
  readonly manifest: Manifest;
  /** How it was found; absent for one that was given by its path. */
  readonly origin?: Origin;
}

/** One rule of a package. */
export interface Artifact {
  readonly assembly: Assembly;
  readonly rule: RuleManifest;
}

const core: { readonly version: string } = createRequire(import.meta.url)(
  '@patrol/core/package.json',
);

/** Whether the zips of a package have the `@patrol/core` in them that this deployer has. */
export const hasSameCore = ({ assembly }: Pick<Artifact, 'assembly'>): boolean =>
  assembly.manifest.core.version === core.version;

/**
 * Reads a file that the manifest names, such as `rule.code.path`.
 *
 * @throws an Error when it cannot be read, or when a symbolic link leads out of the package.
 */
export function readArtifact({ assembly }: Artifact, path: string): Buffer {
  // The folder itself may be a link: package managers make some.
  const file = realpathSync(join(assembly.folder, path));
  if (!file.startsWith(realpathSync(assembly.folder) + sep)) {
    throw new Error(`a symbolic link leads to ${file}, outside the package`);
  }
  return readFileSync(file);
}

/** The short name of a package, in rule and stack names: `aws` for `@patrol/rules-aws`, `acme` for `patrol-rules-acme`, `@acme/patrol-rules`. */
export const shortName = (packageName: string): string =>
  (
    /^@patrol\/rules-(.+)$/.exec(packageName)?.[1] ??
    /^(?:@[^/]+\/)?patrol-rules-(.+)$/.exec(packageName)?.[1] ??
    /^@([^/]+)\/patrol-rules$/.exec(packageName)?.[1] ??
    packageName
  )
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');

/** The name under which a rule is found: `aws/cloudTrail`, `@acme/patrol-rules/x`. */
export const typedName = ({ assembly, rule }: Artifact): string =>
  typedNameFor(assembly.manifest.package.name, rule.name, assembly.shortName);

/** The same for what need not be installed. */
export const typedNameFor = (
  packageName: string,
  rule: string,
  short: string = shortName(packageName),
): string =>
  `${/^(@patrol\/rules-|patrol-rules-)/.test(packageName) ? short : packageName}/${rule}`;

/**
 * Splits `<package>/<rule>` at its last slash.
 *
 * @param from where a rule of a similar name is looked up for the message.
 * @throws UsageError when it is not of that form.
 */
export function splitName(
  name: string,
  from: LookupFrom,
): { readonly packagePart: string; readonly rulePart: string } {
  const slash = name.lastIndexOf('/');
  const [packagePart, rulePart] = [name.slice(0, Math.max(0, slash)), name.slice(slash + 1)];
  if (packagePart !== '' && rulePart !== '') return { packagePart, rulePart };
  const similar = similarRule(name, from);
  const hint = similar === undefined ? '' : `Did you mean ${similar}? `;
  throw new UsageError(
    `Expected <package>/<rule>, such as aws/cloudTrail; found ${JSON.stringify(name)}. ${hint}\`${patrolCommand(['list'])}\` shows the installed rules.`,
  );
}

/** An installed rule whose name is close to what was typed, with its package or without. */
export function similarRule(typed: string, from: LookupFrom): string | undefined {
  const names = installedAssemblies(from).assemblies.flatMap((assembly) =>
    assembly.manifest.rules.map((rule) => typedName({ assembly, rule })),
  );
  const ruleIn = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
  const found = nearest(typed, names);
  if (found !== undefined || typed.includes('/')) return found;
  const rules = names.map(ruleIn);
  const rule = rules.includes(typed) ? typed : nearest(typed, rules);
  return names.find((name) => ruleIn(name) === rule);
}

/** @throws UsageError for what is not of the form `<package>/<rule>`, and for a base stack, which is built in and no rule. */
export function requireRule(name: string, from: LookupFrom, run: RunScope = {}): void {
  const { rulePart: fleet } = splitName(name, from);
  if (!isBase(name)) return;
  throw new UsageError(
    `${name} is not a rule. It is the base stack of the fleet ${fleet}, with what its rules share. \`${patrolCommand(['apply'], run)}\` deploys it, \`${patrolCommand(['info', name], run)}\` shows it.`,
  );
}

/**
 * Finds `<package>/<rule>`: `aws/cloudTrail` in `@patrol/rules-aws`, `acme/x` in `@patrol/rules-acme` or `patrol-rules-acme`,
 * or a path to a package's folder and the rule's name, as in `./my-rules/x`.
 *
 * @param from from where packages are looked up.
 * @param run what suggested commands repeat of the run.
 * @throws UsageError when the name is not of that form, or a base stack's, or there is no such package or rule; OperatorError when the package's
 *   `rules.json` cannot be read.
 */
export function findArtifact(name: string, from: LookupFrom, run: RunScope = {}): Artifact {
  requireRule(name, from, run);
  const { packagePart, rulePart } = splitName(name, from);
  const assembly = isPath(packagePart)
    ? readAssembly(resolve(from.cwd, packagePart))
    : findPackage(name, packagePart, from);
  const { rules, package: packed } = assembly.manifest;
  const rule = rules.find((candidate) => candidate.name === rulePart);
  if (rule) return { assembly, rule };
  const known = rules.map((candidate) => candidate.name);
  const close = nearest(rulePart, known);
  throw new UsageError(
    `${packed.name} ${packed.version} has no rule ${rulePart}. ` +
      (close === undefined
        ? `It has ${known.length > 0 ? known.join(', ') : 'no rules'}.`
        : `Did you mean ${packagePart}/${close}?`),
  );
}

/** Whether the package part of a rule's name is a path to a folder. */
export const isPath = (name: string): boolean =>
  isAbsolute(name) || /^\.{1,2}(\/|$)/.test(name) || (name.includes('/') && !name.startsWith('@'));

/** The packages that a name may stand for. */
export const candidatesFor = (name: string): readonly string[] =>
  name.startsWith('@') ? [name] : [`@patrol/rules-${name}`, `patrol-rules-${name}`];

function findPackage(typed: string, name: string, from: LookupFrom): Assembly {
  const candidates = candidatesFor(name);
  for (const candidate of candidates) {
    const found = packageNamed(candidate, from);
    if (found) return { ...readAssembly(found.folder), origin: found.origin };
  }
  const similar = similarRule(typed, from);
  throw new UsageError(
    `No rule package ${candidates.join(' or ')} is installed. ` +
      (similar === undefined
        ? `Install it in this folder, for example with \`pnpm add ${candidates[0]}\`.`
        : `Did you mean ${similar}?`),
  );
}

/**
 * Reads the package in a folder: its `dist/rules.json`, or `rules.json` in the folder itself.
 *
 * @throws UsageError when neither is there; OperatorError when it cannot be read.
 */
export function readAssembly(folder: string): Assembly {
  const file = [join(folder, 'dist', 'rules.json'), join(folder, 'rules.json')].find((path) =>
    existsSync(path),
  );
  if (!file) {
    throw new UsageError(
      `${folder} contains no built rules: found neither dist/rules.json nor rules.json. Build the package with \`patrol-build\` first.`,
    );
  }
  try {
    const manifest = parseManifest(readFileSync(file, 'utf8'), file);
    return { shortName: shortName(manifest.package.name), folder: dirname(file), manifest };
  } catch (error) {
    throw new OperatorError(messageOf(error), { cause: error });
  }
}

/** What to do where there is no rule at all. */
export const noPackages =
  'No rule packages are installed. Install one in this folder, for example with `pnpm add @patrol/rules-aws`.';

/** Whether a package is one of rules, by its name. */
const isRulePackage = (name: string): boolean =>
  /^(@patrol\/rules-|patrol-rules-|@(?!patrol\/)[^/]+\/patrol-rules(-|$))/.test(name);

/**
 * The rule packages that are installed, sorted by name. Packages that are not built or cannot be read are given as
 * problems, not passed over.
 */
export function installedAssemblies(from: LookupFrom): {
  readonly assemblies: readonly (Assembly & { readonly origin: Origin })[];
  readonly problems: readonly string[];
} {
  const assemblies: (Assembly & { readonly origin: Origin })[] = [];
  const problems: string[] = [];
  for (const { folder, origin } of packagesNamed(isRulePackage, from)) {
    try {
      assemblies.push({ ...readAssembly(folder), origin });
    } catch (error) {
      problems.push(messageOf(error));
    }
  }
  return { assemblies, problems };
}
