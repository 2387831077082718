/**
 * Payloads of every event that GitHub's webhooks send, made from GitHub's own description of them (OpenAPI): of most events
 * nobody has published a recorded one.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isObject, type WebhookDelivery } from '@patrol/core';
import { delivery } from './deliveries.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Description {
  readonly webhooks: Readonly<
    Record<
      string,
      {
        readonly post: {
          readonly 'x-github'?: { readonly 'supported-webhook-types'?: readonly string[] };
        };
      }
    >
  >;
  readonly components: { readonly schemas: Readonly<Record<string, Fields>> };
}

const require = createRequire(import.meta.url);
const folder = dirname(require.resolve('@octokit/openapi-webhooks/package.json'));
const { webhooks, components } = JSON.parse(
  readFileSync(join(folder, 'generated/api.github.com.json'), 'utf8'),
) as Description;

/** The id of an act in GitHub's description: `repository-ruleset-deleted` for `repository_ruleset.deleted`. */
const idOf = (act: string): string => act.replaceAll(/[._]/g, '-');

/** Every act of an event: `repository.created`, …, or `push` for an event without actions. */
export function actsOf(event: string): readonly string[] {
  const start = idOf(event);
  const ids = Object.keys(webhooks).filter((id) => id === start || id.startsWith(`${start}-`));
  return ids.flatMap((id) => {
    const action = sampleOf(components.schemas[`webhook-${id}`] ?? {}) as Fields | undefined;
    const name = action?.['action'];
    if (id === start) return [event];
    // `repository-ruleset-deleted` begins as `repository` does, and belongs to another event.
    return typeof name === 'string' && idOf(`${event}.${name}`) === id ? [`${event}.${name}`] : [];
  });
}

/** Whether GitHub sends an act to the webhooks of organisations; `undefined` when it has no such act. */
export const isForOrganizations = (act: string): boolean | undefined =>
  webhooks[idOf(act)]?.post['x-github']?.['supported-webhook-types']?.includes('organization');

/** A delivery of an act, with every field that GitHub's description has. The fields given replace those of the same place. */
export function deliveryOf(act: string, fields: Fields = {}): WebhookDelivery {
  const schema = components.schemas[`webhook-${idOf(act)}`];
  if (!schema) throw new Error(`GitHub's description has no ${act}.`);
  const [event = ''] = act.split('.');
  const { repository: _, organization, sender, ...payload } = sampleOf(schema) as Fields;
  const known = delivery(event, {}).payload as Fields;
  const base = {
    ...payload,
    repository: known['repository'],
    ...(organization === undefined ? { organization: undefined } : {}),
    ...(sender === undefined ? {} : { sender: known['sender'] }),
  };
  return delivery(event, merged(base, fields) as Fields);
}

/** Fields in other fields. A list replaces a list. */
function merged(base: unknown, fields: unknown): unknown {
  if (!isObject(base) || !isObject(fields)) return fields;
  return {
    ...base,
    ...Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, merged(base[name], value)]),
    ),
  };
}

/** A value that a schema describes, with its optional fields. */
function sampleOf(schema: Fields, depth = 0): unknown {
  const { $ref: reference, allOf, oneOf, anyOf, enum: values, type } = schema;
  if (typeof reference === 'string') {
    const found = components.schemas[reference.replace('#/components/schemas/', '')];
    return found && sampleOf(found, depth);
  }
  if (Array.isArray(allOf)) {
    const parts = allOf.map((each) => sampleOf(each as Fields, depth));
    return parts.every(isObject) ? Object.assign({}, ...parts) : parts[0];
  }
  const choice = (oneOf ?? anyOf) as readonly Fields[] | undefined;
  if (choice) return sampleOf(choice.find((each) => each['type'] !== 'null') ?? {}, depth);
  if (Array.isArray(values)) return values.find((value) => value !== null) ?? null;
  const [kind] = [type].flat().filter((each) => each !== 'null');
  if (kind === 'object' || isObject(schema['properties'])) {
    const properties = isObject(schema['properties']) ? schema['properties'] : {};
    const entries = depth > 8 ? [] : Object.entries(properties);
    return Object.fromEntries(
      entries.map(([name, each]) => [name, sampleOf(each as Fields, depth + 1)]),
    );
  }
  if (kind === 'array') {
    return isObject(schema['items']) && depth <= 8 ? [sampleOf(schema['items'], depth + 1)] : [];
  }
  if (kind === 'boolean') return false;
  if (kind === 'integer' || kind === 'number') return 1;
  if (schema['format'] === 'date-time') return '2026-11-23T08:05:00Z';
  return schema['format'] === 'uri' ? 'https://api.github.com/example' : 'text';
}
