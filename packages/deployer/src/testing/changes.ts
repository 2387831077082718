/** What CloudFormation makes of a template and its parameters, for tests. */
import { isDeepStrictEqual } from 'node:util';
import {
  type ChangeSetRequest,
  CloudError,
  previousValue,
  type ResourceChange,
} from '../cloud/cloud.ts';

type Json = Readonly<Record<string, unknown>>;
/** As much of a template as the fake reads. */
export interface FakeTemplate {
  readonly Description?: string;
  readonly Parameters?: Readonly<Record<string, { Default?: string | number; NoEcho?: boolean }>>;
  readonly Resources: Readonly<Record<string, { Type: string; Properties?: Json }>>;
  readonly Outputs?: Readonly<Record<string, { Value: unknown; Condition?: string }>>;
}

/** What stands, as far as a change set is concerned. */
interface FakeDeployed {
  readonly template: FakeTemplate;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** CloudFormation's refusal of a request. */
export const invalid = (call: string, message: string): CloudError =>
  new CloudError('invalid', `cloudformation:${call}`, message);

/** The values of a template's parameters, or CloudFormation's refusal. */
export function fill(
  { Parameters = {} }: FakeTemplate,
  { parameters }: Pick<ChangeSetRequest, 'parameters'>,
  current: { readonly parameters: Readonly<Record<string, string>> } | undefined,
): Readonly<Record<string, string>> {
  const unknown = Object.keys(parameters).filter((name) => !Object.hasOwn(Parameters, name));
  if (unknown.length > 0) {
    throw invalid(
      'CreateChangeSet',
      `Parameters: [${unknown.join(', ')}] do not exist in the template`,
    );
  }
  const entries = Object.entries(Parameters).map(([name, { Default }]) => {
    const given = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    return [
      name,
      given === previousValue ? current?.parameters[name] : (given ?? Default),
    ] as const;
  });
  const missing = entries.filter(([, value]) => value === undefined).map(([name]) => name);
  if (missing.length > 0) {
    throw invalid('CreateChangeSet', `Parameters: [${missing.join(', ')}] must have values`);
  }
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

const context = (properties: string): string => `{"Properties":${properties}}`;
const set = ({
  before,
  after,
}: {
  before?: string | undefined;
  after?: string | undefined;
}): {
  before?: string;
  after?: string;
} => ({
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after }),
});

/** What differs, resource by resource, with parameters put in. A changed tag touches them all. */
export function changesOf(
  stack: FakeDeployed,
  template: FakeTemplate,
  parameters: Readonly<Record<string, string>>,
  tags: Readonly<Record<string, string>>,
): readonly ResourceChange[] {
  const concrete = (value: unknown, values: Readonly<Record<string, string>>): string =>
    JSON.stringify(value ?? {}, (_, inner: unknown) => {
      const reference: unknown = typeof inner === 'object' && inner && Reflect.get(inner, 'Ref');
      return typeof reference === 'string' ? (values[reference] ?? inner) : inner;
    });
  const [old, wanted] = [stack.template.Resources, template.Resources];
  const retagged = !isDeepStrictEqual(stack.tags, tags);
  return [...new Set([...Object.keys(old), ...Object.keys(wanted)])].flatMap(
    (resource): ResourceChange[] => {
      const [was, is] = [old[resource], wanted[resource]];
      const type = (is ?? was)?.Type ?? '';
      const before = was && context(concrete(was.Properties, stack.parameters));
      const after = is && context(concrete(is.Properties, parameters));
      if (!was) return [{ action: 'Add', resource, type, properties: [], ...set({ after }) }];
      if (!is) return [{ action: 'Remove', resource, type, properties: [], ...set({ before }) }];
      const names = [
        ...new Set([...Object.keys(was.Properties ?? {}), ...Object.keys(is.Properties ?? {})]),
      ];
      const properties = names.flatMap((name) => {
        const old = concrete(was.Properties?.[name], stack.parameters);
        const fresh = concrete(is.Properties?.[name], parameters);
        return old === fresh ? [] : [{ name, before: old, after: fresh }];
      });
      if (properties.length === 0 && !retagged) return [];
      const change = {
        action: 'Modify',
        resource,
        type,
        replacement: 'False',
        properties: retagged ? [...properties, { name: 'Tags' }] : properties,
      } as const;
      return [{ ...change, ...set({ before, after }) }];
    },
  );
}
