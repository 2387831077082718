/** Who may do what when the stack of a template is created. Pure. */
import { isObject } from '@patrol/core';
import type { Template } from './template.ts';
import { repeatedName } from './documents.ts';
import { evaluate, type Fields, fields, type Scope, textOf } from './functions.ts';
import { type Access, accessOf, type Grant, isRoleUse, type Made, type Untold } from './grants.ts';
import { type Known, scopeOf } from './scope.ts';

/** The resources of a template, and the scope to read them in. */
export interface Body {
  readonly parameters: Fields;
  readonly resources: Fields;
  readonly scope: Scope;
  /** Parts of it whose effect on access cannot be told, wherever it is deployed. */
  readonly untold: readonly Untold[];
}

/** Reads a template. */
export function bodyOf({ text, parameters, resources }: Template, known: Known): Body {
  const sections = { ...fields(JSON.parse(text)), Parameters: parameters, Resources: resources };
  return {
    parameters,
    resources,
    scope: scopeOf(sections, known),
    untold: [...untoldOf(text, sections)],
  };
}

/** The resources that a deployment creates, or may create. */
export const madeOf = ({ resources, scope }: Body): readonly Made[] =>
  Object.entries(resources).flatMap(([resource, declared]) => {
    if (!isObject(declared)) return [];
    const { Type, Condition, Properties } = declared;
    const isMade = typeof Condition === 'string' ? scope.decide(Condition) : true;
    if (isMade === false) return [];
    const when = isMade ? [] : [scope.words(String(Condition), true)];
    const properties = evaluate(Properties ?? {}, scope);
    return [{ resource, type: String(Type), properties, when }];
  });

/**
 * Who may do what when the stack of a template is created. A role that the template itself creates is told with its own
 * policies; that a resource uses it is not told again.
 */
export function templateAccess(body: Body): Access {
  const all = madeOf(body).map(accessOf);
  return {
    grants: all.flatMap(({ grants }) => grants).filter((grant) => !isOwnRoleUse(grant, body)),
    untold: [...body.untold, ...all.flatMap(({ untold }) => untold)],
  };
}

/** Whether a resource uses only roles that its own template creates. */
export const usesOwnRoles = (body: Body, resource: string): boolean =>
  madeOf({ ...body, resources: { [resource]: body.resources[resource] } })
    .flatMap((made) => accessOf(made).grants)
    .filter(isRoleUse)
    .every((grant) => isOwnRoleUse(grant, body));

const isOwnRoleUse = (grant: Grant, body: Body): boolean =>
  isRoleUse(grant) && ownRole(grant.says['Role'] ?? '', body) !== undefined;

/** The role or instance profile of a template that a text names: by its name, its ARN, or an ARN that ends with its name. */
export function ownRole(text: string, { resources }: Pick<Body, 'resources'>): string | undefined {
  const id = /^(?:arn:[^:]+:iam::[^:]+:role\/)?\$\{([^.}]+)(?:\.Arn)?\}$/.exec(text)?.[1];
  const type = fields(resources[id ?? ''])['Type'];
  return type === 'AWS::IAM::Role' || type === 'AWS::IAM::InstanceProfile' ? id : undefined;
}

/** Parts of a template that cannot be read, such as macros. */
function* untoldOf(text: string, sections: Fields): Generator<Untold> {
  const twice = repeatedName(text);
  if (twice !== undefined) {
    const why = 'the template has this name twice, and only CloudFormation knows which one it uses';
    yield { resource: twice, type: 'Template', why };
  }
  for (const macro of [sections['Transform'] ?? []].flat() as readonly unknown[]) {
    const type = textOf(isObject(macro) ? macro['Name'] : macro);
    const why = 'it is a macro, which rewrites the template and may add anything';
    yield { resource: 'Transform', type, why };
  }
  for (const [resource, declared] of Object.entries(fields(sections['Resources']))) {
    const { Type } = fields(declared);
    const type = typeof Type === 'string' ? Type : 'Resources';
    if (!isObject(declared) || resource.startsWith('Fn::') || hasMacro(declared)) {
      const why = 'a macro generates it or a part of it, and may generate anything';
      yield { resource, type, why };
    }
  }
}

const hasMacro = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.some(hasMacro)
    : isObject(value) &&
      (Object.hasOwn(value, 'Fn::Transform') || Object.values(value).some(hasMacro));
