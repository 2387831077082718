/** Everything that `describe` tells of a rule. What the template decides is read from the template. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { type RuleManifest, stackNames } from '@patrol/core/contracts';
import type { DescribedRule } from '../notes/objects.ts';
import { stackParameters, type Template } from './template.ts';
import { bodyOf, templateAccess } from './access.ts';
import { costsOf } from './costs.ts';
import { anywhere, disagreements, sameTriggers } from './agreement.ts';
import { type Access, type Grant, isRoleUse, type Untold } from './grants.ts';
import { readRule } from './rule.ts';
import { picked } from '../text/records.ts';

/** What is told of a rule, without its package. */
export type Description = Omit<DescribedRule, 'type' | 'version' | 'package' | 'core'>;
type DescribedGrant = Description['permissions'][number];

const { function: functionId } = stackNames.resources;

/**
 * Describes a rule.
 *
 * @param hasSameCore whether its package was built with the `@patrol/core` of this release.
 */
export function description(
  rule: RuleManifest,
  template: Template,
  hasSameCore: boolean,
): Description {
  const body = bodyOf(template, anywhere);
  const { grants, untold } = accessByDefault(template);
  const { memorySize, timeout, triggers, log, alarms, role } = readRule(body);
  const isFunctions = (grant: Grant): boolean => isOfRole(grant, role, template);
  const ofStack = stackParameters(rule, template);
  const described = grants.map((grant) => withDefaults(grant, template));
  return {
    ...rule,
    parameters: ownParameters(rule, template),
    triggers: [...new Set(triggers.flatMap((trigger) => sameTriggers(rule, trigger)))],
    otherTriggers: triggers.filter((trigger) => sameTriggers(rule, trigger).length === 0),
    memorySize,
    timeout,
    permissions: described.filter(isFunctions),
    access: described.filter((grant) => !isFunctions(grant)),
    untold: [...untold, ...foreignRole(grants)],
    log,
    alarms,
    costs: costsOf(template, {}, rule.watches),
    resources: counted(template),
    stackParameters: picked(template.parameters, (name) => ofStack.includes(name)),
    disagreements: disagreements(rule, template, hasSameCore),
  };
}

/**
 * Grants, wherever the template is deployed. The default of a parameter may hold a policy: where something cannot be read, the
 * grants by defaults are added.
 */
function accessByDefault(template: Template): Access {
  const { grants, untold } = templateAccess(bodyOf(template, anywhere));
  const unread = new Set(untold.map(({ resource }) => resource));
  const body = bodyOf(template, { values: {}, defaults: true });
  const byDefault = templateAccess({ ...body, scope: { ...body.scope, decide: () => undefined } });
  const more = byDefault.grants
    .filter(({ resource }) => unread.has(resource))
    .filter((grant) => !grants.some((known) => isDeepStrictEqual(known, grant)))
    .map((grant) => ({
      ...grant,
      when: [...(grant.when ?? []), 'parameters have their defaults'],
    }));
  return { grants: [...grants, ...more], untold };
}

/** Whether a grant belongs to the function's role. A statement about who may assume the role does not. */
function isOfRole(grant: Grant, role: string | undefined, { resources }: Template): boolean {
  const { resource, attachedTo = [], says } = grant;
  if (resource === functionId && isRoleUse(grant)) return true;
  if (role === undefined) return false;
  if (resource === role) return !('Principal' in says || 'NotPrincipal' in says);
  const names = [`\${${role}}`, resources[role]?.Properties?.['RoleName']];
  return attachedTo.some(({ kind, name }) => kind === 'role' && names.includes(name));
}

/** The function's role, when the template does not create it. */
function foreignRole(grants: readonly Grant[]): readonly Untold[] {
  return grants
    .filter((grant) => grant.resource === functionId && isRoleUse(grant))
    .map(({ resource, says }) => ({
      resource,
      type: 'AWS::Lambda::Function',
      why: `it runs with ${says['Role']}, a role that the template does not create. Patrol does not know its permissions`,
    }));
}

/** A grant with the defaults of the parameters that it names. */
function withDefaults(grant: Grant, { parameters }: Template): DescribedGrant {
  const texts = [...Object.values(grant.says), ...(grant.attachedTo ?? []).map(({ name }) => name)];
  const names = texts.flatMap((text) =>
    [...text.matchAll(/\$\{([^}]+)\}/g)].map(([, name = '']) => name),
  );
  const defaults = names.flatMap((name): [string, string][] => {
    const standard = parameters[name]?.Default;
    return standard === undefined || standard === '' ? [] : [[name, String(standard)]];
  });
  return defaults.length > 0 ? { ...grant, defaults: Object.fromEntries(defaults) } : grant;
}

/** The rule's own parameters, with the defaults that the template has. */
const ownParameters = (rule: RuleManifest, { parameters }: Template): RuleManifest['parameters'] =>
  Object.fromEntries(
    Object.entries(rule.parameters).flatMap(([name, { default: _default, ...spec }]) => {
      const declared = parameters[name];
      if (!declared) return [];
      const { Default } = declared;
      return [[name, Default === undefined ? spec : { ...spec, default: String(Default) }]];
    }),
  );

/** How many resources of each type a template has, whatever their conditions. */
function counted({ resources }: Template): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { Type } of Object.values(resources)) counts[Type] = (counts[Type] ?? 0) + 1;
  return counts;
}
