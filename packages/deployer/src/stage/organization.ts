/** The artifact buckets of an organisation: one in each region, which its accounts may read and nobody else. */
import { isObject } from '@patrol/core';
import { identityOf } from '../template/content.ts';
import type { Artifact } from '../packages/assembly.ts';
import { missingSettings } from '../cloud/bucket.ts';
import type {
  BucketProtection,
  BucketSetting,
  Cloud,
  Place,
  StoredObject,
} from '../cloud/cloud.ts';
import { codeAt, templateAt } from '../identity/naming.ts';
import { readVerified, sha256, type Template } from '../template/template.ts';
import type { OrganizationWanted, WantedStackSet } from '../want/organization.ts';
import type { Effects } from '../cloud/effects.ts';
import { store, urlOf } from './artifacts.ts';

/** By which the statement is known again in a policy. */
const Sid = 'PatrolOrganizationReads';

/**
 * The statement that lets the accounts of an organisation read the code. Lambda reads it with the permissions of whoever
 * creates the function, in a member account the role of StackSets.
 */
const organizationReads = (bucket: string, partition: string, organization: string): unknown => ({
  Sid,
  Effect: 'Allow',
  Principal: '*',
  Action: ['s3:GetObject', 's3:GetObjectVersion'],
  Resource: `arn:${partition}:s3:::${bucket}/patrol/*`,
  Condition: { StringEquals: { 'aws:PrincipalOrgID': organization } },
});

/**
 * What must still be set on the artifact bucket of an organisation: everything that {@link missingSettings} asks for, and
 * that the organisation may read. S3 does not take a policy that is bound to an organisation for a public one, so that it
 * goes with the block of public access.
 */
export function missingForOrganization(
  name: string,
  place: Pick<Place, 'partition'>,
  found: BucketProtection,
  organization: string,
): readonly BucketSetting[] {
  const settings = missingSettings(name, place, found);
  const set = settings.find((each) => each.set === 'policy');
  const policy = JSON.parse(set?.policy ?? found.policy ?? '{}');
  const statements: readonly unknown[] = [policy.Statement ?? []].flat();
  const wanted = organizationReads(name, place.partition, organization);
  if (statements.some((each) => JSON.stringify(each) === JSON.stringify(wanted))) return settings;
  const others = statements.filter((each) => !isObject(each) || each['Sid'] !== Sid);
  const Statement = [...others, wanted];
  return [
    ...settings.filter((each) => each !== set),
    { set: 'policy', policy: JSON.stringify({ ...policy, Statement }) },
  ];
}

/** The cloud of the managing account in a region. */
export type CloudIn = (region: string) => Promise<Cloud>;

/** What is stored in a bucket. */
interface ToStore {
  readonly at: StoredObject;
  readonly sum: string;
  readonly bytes: Uint8Array;
}

/** The artifact buckets of an organisation. In each of them one thing is done at a time: S3 refuses settings that are made at once. */
export class Artifacts {
  readonly #effects: { readonly cloudIn: CloudIn } & Pick<Effects, 'tell'>;
  readonly #about: Pick<OrganizationWanted, 'home' | 'organization'>;
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(
    effects: { readonly cloudIn: CloudIn } & Pick<Effects, 'tell'>,
    about: Pick<OrganizationWanted, 'home' | 'organization'>,
  ) {
    this.#effects = effects;
    this.#about = about;
  }

  /** Stores the code of a rule in all regions in which its instances are. */
  async storeCode({
    artifact,
    regions,
  }: Pick<WantedStackSet, 'artifact' | 'regions'>): Promise<void> {
    const { code } = artifact.rule;
    const bytes = readVerified(artifact, code);
    for (const region of regions) {
      const at = codeAt({ ...this.#about.home, region }, identityOf(artifact), code.sha256);
      await this.#store(region, { at, sum: code.sha256, bytes });
    }
  }

  /**
   * Stores a template that is too large to be sent along.
   *
   * @returns its URL.
   */
  async storeTemplate(artifact: Artifact, { text }: Template): Promise<string> {
    const { home } = this.#about;
    const sum = sha256(text);
    const at = templateAt(home, { ...identityOf(artifact), template: sum });
    return urlOf(home, at, await this.#store(home.region, { at, sum, bytes: Buffer.from(text) }));
  }

  #store(region: string, { at, sum, bytes }: ToStore): Promise<string | undefined> {
    const { home, organization } = this.#about;
    const { cloudIn, tell } = this.#effects;
    const run = async (): Promise<string | undefined> => {
      const effects = { cloud: await cloudIn(region), tell };
      return store(effects, { ...home, region }, at, sum, bytes, (name, place, found) =>
        missingForOrganization(name, place, found, organization),
      );
    };
    const before = this.#queues.get(region) ?? Promise.resolve();
    const stored = before.then(run);
    this.#queues.set(
      region,
      stored.catch(() => undefined),
    );
    return stored;
  }
}
