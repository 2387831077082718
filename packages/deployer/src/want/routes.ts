/** The further topics of `alerts.topics`, as the notifier takes them. Pure. */
import type { Route } from '@patrol/core/contracts';
import { isBaseTopic } from '../destinations/base.ts';
import type { Fleet } from '../file/file.ts';
import type { Path } from '../file/problem.ts';
import { nearest } from '../text/nearest.ts';
import { order } from '../text/words.ts';
import { compact } from '../text/records.ts';
import { isAbout } from './lines.ts';
import type { Chosen, Refuse } from './rules.ts';

/** So many bytes of the 4,096 that Lambda gives a function's variables they may take. */
const most = 3000;

/**
 * The further topics of a fleet.
 *
 * @param rules all rules that the fleet deploys.
 * @param accounts the ids of its accounts; empty where they are not known.
 * @param known the names of accounts, by their ids, as AWS Organizations has them.
 */
export function routesOf(
  { alerts, accountNames, organization }: Fleet,
  rules: readonly Pick<Chosen, 'name' | 'artifact'>[],
  accounts: readonly string[],
  known: Readonly<Record<string, string>>,
  refuse: Refuse,
): readonly Route[] {
  const { topics = [] } = alerts;
  const path: Path = ['alerts', 'topics'];
  if (topics.length > 0 && !alerts.shared && !organization) {
    refuse(path, { code: 'needsNotifier' });
  }
  const names = Object.entries({ ...known, ...accountNames });
  const routes = topics.map((each, index): Route => {
    const here: Path = [...path, index];
    const { topic, form = 'text', severity } = each;
    if (topics.findIndex((other) => other.topic === topic) < index || topic === alerts.dispatch) {
      refuse([...here, 'topic'], { code: 'sameTopic', topic });
    }
    if (isBaseTopic(topic)) {
      refuse([...here, 'topic'], { code: 'ownTopic', topic });
    }
    const ruleNames = each.rules?.flatMap((key, at) => {
      const about = rules.filter(({ name, artifact }) => isAbout(key, name, artifact));
      if (about.length === 0) {
        const meant = nearest(
          key,
          rules.map(({ name }) => name),
        );
        refuse([...here, 'rules', at], { code: 'noneOfFleet', name: key, meant });
      }
      return about.map(({ artifact }) => artifact.rule.name);
    });
    const ids = each.accounts?.flatMap((account, at) => {
      const named = names.filter(([, name]) => name === account).map(([id]) => id);
      if (named.length > 0) return named;
      if (/^\d{12}$/.test(account) && (accounts.length === 0 || accounts.includes(account))) {
        return [account];
      }
      const all = [...accounts, ...names.map(([, name]) => name)];
      const meant = nearest(account, all);
      refuse([...here, 'accounts', at], { code: 'noAccount', account, meant });
      return [];
    });
    return compact({ topic, form, severity, rules: unique(ruleNames), accounts: unique(ids) });
  });
  // Lambda counts the variables as the JSON text that it takes.
  const size = JSON.stringify(JSON.stringify(routes)).length;
  if (size > most) {
    refuse(path, { code: 'manyTopics', size, most });
  }
  return routes;
}

const unique = (names: readonly string[] | undefined): readonly string[] | undefined =>
  names && [...new Set(names)].toSorted(order);
