/** What a plan tells of versions and values beside what differs. Pure. */
import { type RuleManifest, severityWords } from '@patrol/core/contracts';
import type { Identity } from '../identity/naming.ts';
import type { Cautions, Difference } from '../notes/parts.ts';
import { newsOf } from '../packages/changelog.ts';
import { type VersionChange, versionChange } from '../packages/versions.ts';
import type { Content, Template } from '../template/template.ts';
import { nameIn } from '../template/renames.ts';
import { compact, own, type Texts } from '../text/records.ts';
import type { Value } from '../destinations/values.ts';
import { lostValues } from '../want/kept.ts';

/** What there is, as far as versions and values are concerned. */
interface Current {
  readonly description?: string;
  readonly parameters: Texts;
  readonly tags: Texts;
}

/** What takes its place. */
export interface Next {
  readonly identity: Pick<Identity, 'packageName' | 'version'>;
  readonly rule: Pick<RuleManifest, 'parameters'>;
  readonly template: Pick<Template, 'parameters'>;
}

/** The part of a content that says so. A base stack has no parameters that a rule declares. */
export const nextOf = ({ identity, artifact, template }: Content): Next => ({
  identity,
  rule: artifact?.rule ?? { parameters: {} },
  template,
});

/**
 * What a step tells of a stack or stack set that becomes another one: versions before and after beside what differs, and what
 * needs attention before that.
 *
 * @param current absent where it stays, or is new.
 * @param defaults those of the template that there is, where they are known.
 */
export function told(
  content: Content,
  current: Current | undefined,
  differences: readonly Difference[],
  defaults: Texts | undefined,
): { readonly differences: readonly Difference[]; readonly cautions: Cautions } {
  if (!current) return { differences, cautions: {} };
  const next = nextOf(content);
  const { packageName: name, version } = next.identity;
  const change = versionChange({ name, version }, current.tags['patrol:version']);
  const lost = lostValues(next, current.parameters, defaults);
  const { package: what = '', deployed: before, installed: after } = change?.versions ?? {};
  const versions =
    change &&
    compact<Difference>({
      what,
      name: 'patrol:version',
      before,
      after,
      reason: change.is,
      news: newsFor(content, change),
    });
  return {
    differences: [...(versions ? [versions] : []), ...severityOf(content, current), ...differences],
    cautions: compact({
      downgrade: change?.is === 'older' ? change.versions : undefined,
      lostValues: lost.length > 0 ? lost : undefined,
    }),
  };
}

/** What becomes of the severity of a rule, where the stack says what it was. */
function severityOf({ artifact }: Content, { description = '' }: Current): readonly Difference[] {
  const [, before] = new RegExp(`^${severityWords}(\\w+)\\.`).exec(description) ?? [];
  const after = artifact?.rule.severity;
  const name = 'severity';
  return before === undefined || after === undefined || before === after
    ? []
    : [{ what: name, name, before, after }];
}

/** What the changelog of the package says of a newer version. */
function newsFor(
  { artifact }: Content,
  { is, versions: { deployed, installed } }: VersionChange,
): readonly string[] | undefined {
  const news = artifact && is === 'newer' ? newsOf(artifact.assembly, deployed, installed) : [];
  return news.length > 0 ? news : undefined;
}

/** What a plan tells of the value of a parameter: what there is, and why that is to change where it is not plain. */
export function valueDifference(
  { rule }: Pick<Next, 'rule'>,
  name: string,
  { text: after, from, was }: Pick<Value, 'text' | 'from' | 'was'>,
  current: Current['parameters'],
): Pick<Difference, 'before' | 'after' | 'reason' | 'formerly'> {
  // Under its name of today or a former one.
  const found = nameIn(current, name, own(rule.parameters, name));
  const before = found === undefined ? undefined : current[found];
  const reason =
    before === undefined
      ? from === 'default'
        ? 'default'
        : undefined
      : was !== undefined
        ? 'newDefault'
        : before === after
          ? 'renamed'
          : from === 'default'
            ? 'default'
            : undefined;
  return compact({ before, formerly: found === name ? undefined : found, after, reason });
}

/** Whether all that is new of a parameter of every rule is that it exists, with its default. The template is told of anyway. */
export const isOnlyNew = (
  { rule, template }: Next,
  name: string,
  { before, after }: Pick<Difference, 'before' | 'after'>,
): boolean =>
  before === undefined &&
  !Object.hasOwn(rule.parameters, name) &&
  after === own(template.parameters, name)?.Default?.toString();
