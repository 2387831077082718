import { isObject, mitre, names } from '@patrol/core';
import { defineActRule, list, text } from '../../lib/acts.ts';

/** GitHub's names of what finds secrets and weak code, in words. */
const features: ReadonlyMap<string, string> = new Map([
  ['advanced_security', 'Advanced Security'],
  ['code_security', 'Code Security'],
  ['dependabot_security_updates', 'Dependabot security updates'],
  ['secret_scanning', 'secret scanning'],
  ['secret_scanning_push_protection', 'push protection'],
  ['secret_scanning_non_provider_patterns', 'secret scanning for other patterns'],
  ['secret_scanning_ai_detection', 'secret scanning by AI'],
]);

export default defineActRule({
  name: 'securityFeatureOff',
  title: 'Security feature switched off',
  description:
    'Alerts when secret scanning, push protection, code security or Dependabot security updates of a repository are switched off, and when a custom property in watchedProperties changes.',
  severity: 'high',
  runbook:
    'Ask whoever did it. Switch the feature on again (settings of the repository, Advanced Security), and look at what was pushed ' +
    'meanwhile: push protection does not look back. A changed custom property can take the repository out of rulesets that select by it.',
  references: [mitre('T1562.001', 'Impair Defenses: Disable or Modify Tools')],
  parameters: {
    watchedProperties: names(
      'The custom properties that rulesets select by, each by its name. If empty, none is watched.',
      {
        default: '',
        form: { pattern: '[\\w$#*-]+', words: 'the name of a custom property' },
      },
    ),
  },
  acts: {
    security_and_analysis: ({ where, payload }) => {
      const before = statuses(payload.changes?.from?.security_and_analysis);
      const now = statuses(payload.repository?.security_and_analysis);
      const off = Object.entries(before).flatMap(([name, status]) =>
        status === 'enabled' && now[name] !== 'enabled' ? [features.get(name) ?? name] : [],
      );
      return off.length === 0
        ? undefined
        : {
            deed: `Security feature switched off in ${where}: ${off.join(', ')}`,
            before: Object.fromEntries(off.map((name) => [name, 'enabled'])),
          };
    },
    'custom_property_values.updated': ({ payload, where, parameters }) => {
      const before = new Map(
        list(payload.old_property_values).map((each) => [text(each.property_name), each.value]),
      );
      const changed = list(payload.new_property_values)
        .map((each) => [text(each.property_name), each.value] as const)
        .filter(
          ([name, value]) =>
            parameters.watchedProperties.find(name) !== undefined &&
            JSON.stringify(before.get(name)) !== JSON.stringify(value),
        )
        .map(([name]) => name);
      return changed.length === 0
        ? undefined
        : {
            deed: `Custom property of ${where} changed: ${changed.join(', ')}`,
            severity: 'medium',
            meaning: 'Rulesets that select by it may no longer apply to the repository.',
          };
    },
    'custom_property.deleted': ({ payload: { definition }, where, parameters }) => {
      const name = text(definition?.property_name);
      return parameters.watchedProperties.find(name) === undefined
        ? undefined
        : {
            deed: `Custom property of ${where} deleted: ${name}`,
            severity: 'medium',
            meaning: 'Rulesets that select by it apply to no repository any more.',
          };
    },
  },
});

function statuses(given: unknown): Readonly<Record<string, string>> {
  const entries = isObject(given) ? Object.entries(given) : [];
  return Object.fromEntries(
    entries.flatMap(([name, value]) => (isObject(value) ? [[name, text(value['status'])]] : [])),
  );
}
