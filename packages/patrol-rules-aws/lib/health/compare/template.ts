/** What the template of a stack says about its resources, with every function carried out. Pure. */
import { isObject, splitArn } from '@patrol/core';
import { lookUp } from '../../request.ts';

/** A stack, as far as its template refers to it. */
export interface DeployedStack {
  /** Its ARN. */
  readonly id: string;
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Its resources in AWS, by their logical ids. */
  readonly resources: Readonly<Record<string, { readonly type: string; readonly id: string }>>;
}

/** Stands for what cannot be worked out here. It is not compared. */
export const unknown: unique symbol = Symbol('unknown');

/**
 * The properties of a resource of a stack.
 *
 * @param template as CloudFormation gives it.
 * @returns `undefined` when the template has no such resource.
 */
export function propertiesIn(
  template: unknown,
  logicalId: string,
  stack: DeployedStack,
): Readonly<Record<string, unknown>> | undefined {
  const resource = fieldOf(fieldOf(template, 'Resources'), logicalId);
  if (!isObject(resource)) return undefined;
  const properties = valueOf(resource['Properties'] ?? {}, { template, stack });
  return isObject(properties) ? properties : {};
}

interface Context {
  readonly template: unknown;
  readonly stack: DeployedStack;
}

const fieldOf = (value: unknown, name: string): unknown =>
  isObject(value) ? lookUp(value, name) : undefined;

/** A value with its functions carried out; `undefined` for one that the template leaves out. */
function valueOf(value: unknown, context: Context): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => valueOf(item, context)).filter((item) => item !== undefined);
  }
  if (!isObject(value)) return value;
  const [[name, given] = ['', undefined], ...others] = Object.entries(value);
  const carryOut = others.length === 0 ? lookUp(functions, name) : undefined;
  if (carryOut) return carryOut(given, context);
  if (others.length === 0 && name.startsWith('Fn::')) return unknown;
  return Object.fromEntries(
    Object.entries(value)
      .map(([field, inner]) => [field, valueOf(inner, context)] as const)
      .filter(([, inner]) => inner !== undefined),
  );
}

const functions: Readonly<Record<string, (given: unknown, context: Context) => unknown>> = {
  Ref: (name, context) => referenced(String(name), context),
  'Fn::GetAtt': (given, { stack }) => {
    const [id = '', attribute = ''] = Array.isArray(given)
      ? given.map(String)
      : String(given).split('.');
    return attributeOf(id, attribute, stack);
  },
  'Fn::If': (given, context) => {
    const [condition, yes, no] = Array.isArray(given) ? given : [];
    const holds = conditionHolds(String(condition), context);
    return holds === unknown ? unknown : valueOf(holds === true ? yes : no, context);
  },
  'Fn::Split': (given, context) => {
    const [separator, text] = Array.isArray(given)
      ? given.map((item) => valueOf(item, context))
      : [];
    return typeof text === 'string' ? text.split(String(separator)) : unknown;
  },
  'Fn::Sub': (given, context) => {
    if (typeof given !== 'string') return unknown;
    let isKnown = true;
    const text = given.replaceAll(/\$\{([^!}][^}]*)\}/g, (_, name: string) => {
      const [id = '', attribute] = name.split('.');
      const found =
        attribute === undefined
          ? referenced(name, context)
          : attributeOf(id, attribute, context.stack);
      isKnown &&= typeof found === 'string';
      return String(found);
    });
    return isKnown ? text : unknown;
  },
};

function referenced(name: string, { stack }: Context): unknown {
  const { partition, region, account } = splitArn(stack.id);
  const pseudo: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': account,
    'AWS::NoValue': undefined,
    'AWS::Partition': partition,
    'AWS::Region': region,
    'AWS::StackId': stack.id,
    'AWS::StackName': stack.name,
  };
  if (Object.hasOwn(pseudo, name)) return pseudo[name];
  return lookUp(stack.parameters, name) ?? lookUp(stack.resources, name)?.id ?? unknown;
}

/** What stands in the ARN of a resource, behind the account. */
const inArn: Readonly<Record<string, (id: string) => string>> = {
  'AWS::DynamoDB::Table': (id) => `table/${id}`,
  'AWS::Events::Rule': (id) => `rule/${id}`,
  'AWS::IAM::Role': (id) => `role/${id}`,
  'AWS::Lambda::Function': (id) => `function:${id}`,
  'AWS::SQS::Queue': (id) => id.slice(id.lastIndexOf('/') + 1),
};

function attributeOf(logicalId: string, attribute: string, stack: DeployedStack): unknown {
  const resource = lookUp(stack.resources, logicalId);
  if (!resource) return unknown;
  const { type, id } = resource;
  if (attribute === 'Id') return id;
  if (attribute === 'QueueName') return id.slice(id.lastIndexOf('/') + 1);
  if (attribute === 'TopicName') return id.slice(id.lastIndexOf(':') + 1);
  const rest = lookUp(inArn, type);
  if (attribute !== 'Arn' || !rest) return unknown;
  const { partition, region, account } = splitArn(stack.id);
  const service = (type.split('::')[1] ?? '').toLowerCase();
  const place = service === 'iam' ? '' : region;
  return `arn:${partition}:${service}:${place}:${account}:${rest(id)}`;
}

/** Whether a condition of the template holds. */
const conditionHolds = (name: string, context: Context): boolean | typeof unknown =>
  holds(fieldOf(fieldOf(context.template, 'Conditions'), name), context);

function holds(condition: unknown, context: Context): boolean | typeof unknown {
  const [[name, given] = ['', undefined]] = isObject(condition) ? Object.entries(condition) : [];
  const inner = Array.isArray(given) ? given : [];
  switch (name) {
    case 'Condition':
      return conditionHolds(String(given), context);
    case 'Fn::Equals': {
      const [one, other] = inner.map((item) => valueOf(item, context));
      return one === unknown || other === unknown ? unknown : one === other;
    }
    case 'Fn::Not': {
      const held = holds(inner[0], context);
      return held === unknown ? unknown : !held;
    }
    case 'Fn::And':
    case 'Fn::Or': {
      const held = inner.map((item) => holds(item, context));
      if (held.includes(unknown)) return unknown;
      return name === 'Fn::And' ? !held.includes(false) : held.includes(true);
    }
    default:
      return unknown;
  }
}
