/** A resource of a template. */
export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: 'Delete' | 'Retain' | 'RetainExceptOnCreate';
  readonly UpdateReplacePolicy?: 'Delete' | 'Retain';
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** A part of a template: any of its sections. */
export interface Part {
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly Parameters?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly Rules?: Readonly<Record<string, unknown>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources?: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Resources under a condition; one that has its own keeps it. */
export const under = (
  condition: string,
  resources: Readonly<Record<string, Resource>>,
): Readonly<Record<string, Resource>> =>
  Object.fromEntries(
    Object.entries(resources).map(([id, resource]) => [
      id,
      { ...resource, Condition: resource.Condition ?? condition },
    ]),
  );

const sections = ['Metadata', 'Parameters', 'Rules', 'Conditions', 'Resources', 'Outputs'] as const;

/**
 * Joins parts of a template. Sections that no part fills are left out; the order is that of the parts.
 *
 * @throws an Error when two parts define the same name in a section.
 *
 * @example
 * ```ts
 * import { merge } from '@patrol/core/template';
 *
 * const topic = { Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: {} } } };
 * const output = { Outputs: { TopicArn: { Value: { Ref: 'Topic' } } } };
 * Object.keys(merge(topic, output)); // → ['Resources', 'Outputs']
 * ```
 */
export function merge(...parts: readonly Part[]): Part {
  const merged: Record<string, Record<string, unknown>> = {};
  for (const section of sections) {
    for (const part of parts) {
      for (const [name, value] of Object.entries(part[section] ?? {})) {
        const entries = (merged[section] ??= {});
        if (Object.hasOwn(entries, name)) throw new Error(`${section}.${name} is defined twice.`);
        entries[name] = value;
      }
    }
  }
  return merged;
}
