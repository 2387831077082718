/** The first `patrol.yaml` of an operator. Pure. */
import type { RuleManifest } from '@patrol/core/contracts';
import type { Artifact, Assembly } from '../packages/assembly.ts';
import { defaultEnvironment } from '../identity/naming.ts';
import type { Alerts, Fleet } from '../file/file.ts';
import type { Path } from '../file/problem.ts';
import { isAbout, setsOf } from './lines.ts';
import { installedRules } from './rules.ts';
import { valueOf } from './values.ts';
import { fleetText } from '../file/write.ts';
import { counted, order } from '../text/words.ts';
import { compact, mapValues, own } from '../text/records.ts';

/** What an operator says of a new fleet. */
export interface Answers {
  readonly fleet: string;
  readonly environment?: string;
  readonly regions: readonly string[];
  readonly alerts: Alerts;
  /** The versions of packages that a file from before takes. */
  readonly packages?: Fleet['packages'];
  /** Patterns and sets of rules to deploy. */
  readonly lines?: readonly string[];
  /** The rules to deploy by their own names, with the texts of their parameters. */
  readonly rules: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Where `init` puts the JSON schema: beside the file. */
export const schemaFile = 'patrol.schema.json';

/**
 * The text of a new `patrol.yaml`: what was answered, what each rule is about, and the installed rules that were left out.
 */
export function initialText(answers: Answers, assemblies: readonly Assembly[]): string {
  const installed = installedRules(assemblies);
  const ruleOf = (name: unknown): RuleManifest | undefined => installed.get(String(name))?.rule;
  const { lines = [], regions } = answers;
  // Each stack of such a rule would have a webhook of its own, and every alert would come from each.
  const isOnce = (rule: RuleManifest | undefined): boolean =>
    regions.length > 1 && (rule?.triggers.some(({ kind }) => kind === 'webhook') ?? false);
  const once = [...installed].flatMap(([name, artifact]) =>
    isOnce(artifact.rule) && lines.some((line) => isAbout(line, name, artifact)) ? [name] : [],
  );
  const named = { ...Object.fromEntries(once.map((name) => [name, {}])), ...answers.rules };
  const entries = Object.entries(named).map(([name, texts]) => {
    const rule = ruleOf(name);
    const parameters = mapValues(texts, (text, each) =>
      valueOf(own(rule?.parameters ?? {}, each), text),
    );
    const settings = {
      ...(isOnce(rule) && { regions: regions.slice(0, 1) }),
      ...(Object.keys(parameters).length > 0 && { parameters }),
    };
    return [name, Object.keys(settings).length > 0 ? settings : true] as const;
  });
  const fleet = compact<Fleet>({
    version: 1,
    fleet: answers.fleet,
    environment: answers.environment ?? defaultEnvironment,
    packages: answers.packages,
    regions,
    alerts: answers.alerts,
    rules: Object.fromEntries([
      ...lines.map((line) => [line, true] as const),
      ...entries.toSorted(([a], [b]) => order(a, b)),
    ]),
  });
  const sets = assemblies.flatMap(setsOf);
  const isOn = ([name, artifact]: readonly [string, Artifact]): boolean =>
    Object.keys(fleet.rules).some((key) => isAbout(key, name, artifact));
  /** What a pattern or a set brings. */
  const lineWords = (line: string): string => {
    const count = [...installed].filter(([name, artifact]) => isAbout(line, name, artifact)).length;
    const about = sets.find(({ name }) => name === line)?.description;
    return `${about === undefined ? '' : `${about} `}${counted(count, 'rule')}, and those that a later version adds.`;
  };
  const comment = ([section, name, part, parameter]: Path): string | undefined => {
    if (name === undefined) return comments[String(section)];
    if (section !== 'rules') return undefined;
    if (part === undefined && lines.includes(String(name))) return lineWords(String(name));
    const rule = ruleOf(name);
    if (part === undefined) return rule && `${rule.title} (${rule.severity}). ${rule.description}`;
    return own(rule?.parameters, String(parameter))?.description;
  };
  const others = [...installed].filter((each) => !isOn(each));
  const left = others.map(
    ([name, { rule }]) => `  ${name}: true   # ${rule.title} (${rule.severity})`,
  );
  return fleetText(fleet, {
    schema: `./${schemaFile}`,
    head: [
      'The rules that watch this organisation. `patrol-deploy plan` shows what',
      'would change in AWS, `patrol-deploy apply` does it.',
    ],
    comment,
    tail:
      left.length > 0
        ? ['Installed, but not deployed. Remove `# ` before a rule to add it:', ...left]
        : [],
  });
}

const comments: Readonly<Record<string, string>> = {
  fleet: 'The name of the fleet, and a tag of its stacks. Do not change it later.',
  packages: 'The versions of rule packages that this file is for.',
  regions:
    'The regions to watch. Rules that get events in certain regions only are deployed there.',
  alerts:
    'Where alerts go: `email: ADDRESS`, or `topic: ARN` of an SNS topic. With `shared: true`, all rules of an account and region share one topic.',
  rules: 'What a rule alerts on and its parameters: `patrol-deploy describe <rule>`.',
};
