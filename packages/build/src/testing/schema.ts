/** Checks a template against CloudFormation's own resource schemas, and that everything that it names exists. */
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { isObject } from '@patrol/core';

type Database = ReturnType<typeof loadAwsServiceSpecSync>;
type ResourceSchema = ReturnType<ReturnType<typeof lookup>['only']>;
type Properties = ResourceSchema['properties'];
type PropertyType = Properties[string]['type'];

let loaded: Database | undefined;
const database = (): Database => (loaded ??= loadAwsServiceSpecSync());

const lookup = (type: string) =>
  database().lookup('resource', 'cloudFormationType', 'equals', type);

const schemaOf = (type: string): ResourceSchema | undefined => {
  const found = lookup(type);
  return found.length > 0 ? found.only() : undefined;
};

/** The name of an intrinsic function and its argument; `undefined` for anything else. */
function intrinsic(value: unknown): readonly [string, unknown] | undefined {
  if (!isObject(value)) return undefined;
  const [entry, ...more] = Object.entries(value);
  return entry && more.length === 0 && (entry[0] === 'Ref' || entry[0].startsWith('Fn::'))
    ? entry
    : undefined;
}

const show = (value: unknown): string => JSON.stringify(value)?.slice(0, 80) ?? 'undefined';

function checkType(value: unknown, type: PropertyType, path: string): readonly string[] {
  const call = intrinsic(value);
  if (call) {
    const [name, argument] = call;
    // Both values of an Fn::If must fit. Only CloudFormation knows the values of the other functions.
    return name === 'Fn::If' && Array.isArray(argument)
      ? argument.slice(1).flatMap((branch) => checkType(branch, type, `${path}.Fn::If`))
      : [];
  }
  const expect = (holds: boolean): readonly string[] =>
    holds ? [] : [`${path}: expected ${type.type}, found ${show(value)}`];
  switch (type.type) {
    case 'string':
    case 'integer':
    case 'number': {
      const fits =
        type.type === 'string'
          ? typeof value === 'string'
          : type.type === 'integer'
            ? Number.isInteger(value)
            : typeof value === 'number';
      const allowed: readonly unknown[] | undefined = Reflect.get(type, 'allowedValues');
      if (fits && allowed && !allowed.includes(value))
        return [`${path}: ${show(value)} is none of ${allowed.join(', ')}`];
      return expect(fits);
    }
    case 'boolean':
      return expect(typeof value === 'boolean');
    case 'date-time':
      return expect(typeof value === 'string');
    case 'null':
      return expect(value === null);
    case 'json':
      return expect(isObject(value));
    case 'tag':
      return expect(isObject(value) && typeof value['Key'] === 'string');
    case 'array':
      return Array.isArray(value)
        ? value.flatMap((item, index) => checkType(item, type.element, `${path}.${index}`))
        : expect(false);
    case 'map':
      return isObject(value)
        ? Object.entries(value).flatMap(([name, item]) =>
            checkType(item, type.element, `${path}.${name}`),
          )
        : expect(false);
    case 'ref':
      return isObject(value)
        ? checkProperties(
            value,
            database().get('typeDefinition', type.reference.$ref).properties,
            path,
          )
        : expect(false);
    case 'union': {
      const all = type.types.map((one) => checkType(value, one, path));
      return all.find((problems) => problems.length === 0) ?? all[0] ?? [];
    }
  }
}

function checkProperties(
  value: Readonly<Record<string, unknown>>,
  properties: Properties,
  path: string,
): readonly string[] {
  return [
    ...Object.entries(value).flatMap(([name, inner]) => {
      const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
      return schema
        ? checkType(inner, schema.type, `${path}.${name}`)
        : [`${path}.${name}: no such property`];
    }),
    ...Object.entries(properties).flatMap(([name, { required }]) =>
      required && !Object.hasOwn(value, name) ? [`${path}.${name}: required and missing`] : [],
    ),
  ];
}

/** What is wrong with the resources of a template, by CloudFormation's schemas. */
export function schemaProblems(template: unknown): readonly string[] {
  return Object.entries(section(template, 'Resources')).flatMap(([id, resource]) => {
    if (!isObject(resource)) return [`${id}: no resource`];
    const type = String(resource['Type']);
    const schema = schemaOf(type);
    if (!schema) return [`${id}: no such type: ${type}`];
    const properties = resource['Properties'] ?? {};
    return isObject(properties)
      ? checkProperties(properties, schema.properties, id)
      : [`${id}: Properties is no object`];
  });
}

const section = (template: unknown, name: string): Readonly<Record<string, unknown>> => {
  const found = isObject(template) ? template[name] : undefined;
  return isObject(found) ? found : {};
};

const pseudo = [
  'AWS::AccountId',
  'AWS::NotificationARNs',
  'AWS::NoValue',
  'AWS::Partition',
  'AWS::Region',
  'AWS::StackId',
  'AWS::StackName',
  'AWS::URLSuffix',
];

/**
 * Everything that a template names and does not have: `Ref`, `Fn::GetAtt`, `Fn::Sub`, `Fn::If`, `Condition`, `DependsOn`;
 * attributes that the resource's type does not give; and resources that may not be made where they are named.
 */
export function referenceProblems(template: unknown): readonly string[] {
  const parameters = section(template, 'Parameters');
  const resources = section(template, 'Resources');
  const conditions = section(template, 'Conditions');
  const problems: string[] = [];

  const resource = (id: string, path: string, holds: readonly string[]): void => {
    const found = resources[id];
    const condition = isObject(found) ? found['Condition'] : undefined;
    if (typeof condition === 'string' && !holds.includes(condition)) {
      problems.push(`${path}: ${id} is only there when ${condition}`);
    }
  };
  const reference = (name: string, path: string, holds: readonly string[]): void => {
    if (Object.hasOwn(resources, name)) resource(name, path, holds);
    else if (!Object.hasOwn(parameters, name) && !pseudo.includes(name))
      problems.push(`${path}: no such name: ${name}`);
  };
  const attribute = (id: string, name: string, path: string, holds: readonly string[]): void => {
    const found = resources[id];
    if (!isObject(found)) {
      problems.push(`${path}: no such resource: ${id}`);
      return;
    }
    resource(id, path, holds);
    const attributes = schemaOf(String(found['Type']))?.attributes ?? {};
    if (!Object.hasOwn(attributes, name))
      problems.push(`${path}: ${String(found['Type'])} has no attribute ${name}`);
  };
  const condition = (name: unknown, path: string): void => {
    if (!Object.hasOwn(conditions, String(name)))
      problems.push(`${path}: no such condition: ${String(name)}`);
  };

  const walk = (value: unknown, path: string, holds: readonly string[]): void => {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) walk(item, `${path}.${index}`, holds);
      return;
    }
    if (!isObject(value)) return;
    const [name, argument] = intrinsic(value) ?? [];
    if (name === 'Ref') {
      reference(String(argument), path, holds);
    } else if (name === 'Fn::GetAtt') {
      const [id = '', ...rest] = Array.isArray(argument)
        ? argument.map(String)
        : String(argument).split('.');
      attribute(id, rest.join('.'), path, holds);
    } else if (name === 'Fn::Sub') {
      const [text, own] = Array.isArray(argument) ? argument : [argument];
      for (const [, used = ''] of String(text).matchAll(/\$\{([^!}][^}]*)\}/g)) {
        if (isObject(own) && Object.hasOwn(own, used)) continue;
        const [id = '', ...rest] = used.split('.');
        if (rest.length > 0) attribute(id, rest.join('.'), path, holds);
        else reference(id, path, holds);
      }
      walk(own, path, holds);
    } else if (name === 'Fn::If' && Array.isArray(argument)) {
      condition(argument[0], path);
      walk(argument[1], path, [...holds, String(argument[0])]);
      walk(argument[2], path, holds);
    } else {
      for (const [field, inner] of Object.entries(value)) walk(inner, `${path}.${field}`, holds);
    }
  };
  /** A condition, and those that it is the `Fn::And` of. */
  const whereThere = (own: unknown): readonly string[] => {
    if (typeof own !== 'string') return [];
    const [name, all] = intrinsic(conditions[own]) ?? [];
    const parts = name === 'Fn::And' && Array.isArray(all) ? all : [];
    return [own, ...parts.flatMap((part) => whereThere(isObject(part) && part['Condition']))];
  };
  for (const part of ['Rules', 'Conditions']) walk(section(template, part), part, []);
  for (const [id, output] of Object.entries(section(template, 'Outputs'))) {
    if (!isObject(output)) continue;
    if (output['Condition'] !== undefined) condition(output['Condition'], `Outputs.${id}`);
    walk(output, `Outputs.${id}`, whereThere(output['Condition']));
  }
  for (const [id, found] of Object.entries(resources)) {
    if (!isObject(found)) continue;
    const own = found['Condition'];
    if (own !== undefined) condition(own, id);
    for (const other of [found['DependsOn']].flat()) {
      if (other === undefined || (typeof other === 'string' && Object.hasOwn(resources, other)))
        continue;
      problems.push(`${id}: DependsOn names no resource: ${show(other)}`);
    }
    walk(found['Properties'], id, whereThere(own));
  }
  return problems;
}
