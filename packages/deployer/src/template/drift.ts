/** What of a stack was changed outside CloudFormation, by what lists of EventBridge, Lambda and CloudWatch tell. Pure. */
import { stackNames } from '@patrol/core/contracts';
import type { Place, Stack } from '../cloud/cloud.ts';
import type { FunctionSettings, Listed } from '../cloud/wiring.ts';
import type { Difference } from '../notes/parts.ts';
import { evaluate, type Fields, fields, scalarText, type Scope } from './functions.ts';
import { exactScope, hidden } from './scope.ts';
import type { Template } from './template.ts';
import { compact, jsonIn, own, picked, type Texts } from '../text/records.ts';

/** A stack as it was deployed. */
export interface Declared {
  readonly stack: Pick<Stack, 'name' | 'outputs'>;
  readonly place: Place;
  readonly template: Template;
  /** The values of its parameters. */
  readonly values: Texts;
}

/** What a deployed template says, as far as that is known without asking more. */
export const declaredScope = ({ stack, place, template, values }: Declared): Scope => {
  const pseudo: Texts = {
    'AWS::Region': place.region,
    'AWS::AccountId': place.account,
    'AWS::Partition': place.partition,
    'AWS::StackName': stack.name,
  };
  return exactScope(fields(jsonIn(template.text)), {
    values: picked(values, (_, value) => value !== hidden),
    defaults: true,
    other: (name) => pseudo[name],
  });
};

/** How a function differs from its declaration: its environment and its layers. What is not known differs in nothing. */
export function functionDifferences(
  properties: Fields,
  { environment, layers }: FunctionSettings,
  scope: Scope,
): readonly Difference[] {
  const declared = fields(evaluate(fields(properties['Environment'])['Variables'], scope));
  const names = [...new Set([...Object.keys(declared), ...Object.keys(environment ?? {})])];
  const variables = names.flatMap((name): Difference[] => {
    const [before, after] = [own(environment, name), scalarText(declared[name])];
    const what = `environment variable ${name}`;
    // What somebody added may be a secret.
    if (!Object.hasOwn(declared, name)) return [{ what, name, before: 'set' }];
    const isSame = before === undefined ? after === '' : after === undefined || before === after;
    return isSame ? [] : [compact({ what, name, before, after })];
  });
  const wanted = evaluate(properties['Layers'] ?? [], scope);
  const isOther = Array.isArray(wanted) && wanted.length !== layers.length;
  return [
    ...(environment ? variables : []),
    ...(isOther ? [{ what: 'layers', name: 'layers', before: layers.join(', ') }] : []),
  ];
}

/** What was changed, and the logical ids of what was not found by its name. */
interface Drift {
  readonly differences: readonly Difference[];
  readonly unseen: readonly string[];
}

/** Compares a stack with what is there. */
export function driftIn(
  declared: Declared,
  listed: Listed,
  /** The physical ids of its resources, where they are known. */
  ids: Texts = {},
): Drift {
  const { stack, template } = declared;
  const scope = declaredScope(declared);
  const differences: Difference[] = [];
  const unseen: string[] = [];
  const find = <T>(id: string, all: ReadonlyMap<string, T>, given?: string): T | undefined => {
    const exact = given ?? own(ids, id);
    const name = exact ?? [...all.keys()].find((each) => isNamed(each, `${stack.name}-${id}`));
    const found = name === undefined ? undefined : all.get(name);
    if (found === undefined) unseen.push(id);
    return found;
  };
  for (const [id, { Type, Condition, Properties }] of Object.entries(template.resources)) {
    if (Condition !== undefined && scope.decide(Condition) !== true) continue;
    const properties = fields(Properties);
    const differs = (what: string, before: string, after: string): void => {
      if (before !== after) differences.push({ what, name: id, before, after });
    };
    if (Type === 'AWS::Events::Rule' && properties['EventBusName'] === undefined) {
      const state = find(id, listed.rules);
      const wanted = scalarText(evaluate(properties['State'] ?? 'ENABLED', scope));
      if (state !== undefined) differs(`state of ${id}`, state, wanted ?? state);
    } else if (Type === 'AWS::Lambda::Function') {
      const isRule = id === stackNames.resources.function;
      const named = isRule ? stack.outputs[stackNames.outputs.function] : undefined;
      const settings = find(id, listed.functions, named);
      if (settings) differences.push(...functionDifferences(properties, settings, scope));
    } else if (Type === 'AWS::CloudWatch::Alarm') {
      const alarm = find(id, listed.alarms);
      if (alarm) differs(`actions of ${id}`, alarm.acts ? 'enabled' : 'disabled', 'enabled');
    }
  }
  return { differences, unseen };
}

/** Whether a name is that of a resource: CloudFormation adds some letters to it. */
const isNamed = (name: string, begin: string): boolean =>
  name === begin || name.startsWith(`${begin}-`);
