/** The artifact buckets of an organisation: one in each region, which its accounts may read and nobody else. */
import { isDeepStrictEqual } from 'node:util';
import { identityOf, readVerified, sha256, type Template } from '../template/template.ts';
import { missingSettings, withStatement } from '../cloud/bucket.ts';
import type * as cloud from '../cloud/cloud.ts';
import { codeAt, templateAt, type Identity } from '../identity/naming.ts';
import type { OrganizationWanted, WantedStackSet } from '../want/organization.ts';
import type { Effects } from '../cloud/effects.ts';
import { store, storeNames, urlOf } from './artifacts.ts';

/**
 * The statement that lets the accounts of an organisation read the code. Lambda reads it with the permissions of whoever
 * creates the function, in a member account the role of StackSets.
 */
const organizationReads = (bucket: string, partition: string, organization: string) => ({
  Sid: 'PatrolOrganizationReads',
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
  place: Pick<cloud.Place, 'partition'>,
  found: cloud.BucketProtection,
  organization: string,
): readonly cloud.BucketSetting[] {
  const settings = missingSettings(name, place, found);
  const set = settings.find((each) => each.set === 'policy');
  const wanted = organizationReads(name, place.partition, organization);
  const policy = withStatement(set?.policy ?? found.policy, wanted, (each) =>
    isDeepStrictEqual(each, wanted),
  );
  return policy.length > 0 ? [...settings.filter((each) => each !== set), ...policy] : settings;
}

/** The cloud of the managing account in a region. */
export type CloudIn = (region: string) => Promise<cloud.Cloud>;

/** The artifact buckets of an organisation. Each is secured once: S3 refuses settings that are made at once. */
export type Artifacts = ReturnType<typeof artifactsOf>;

export function artifactsOf(
  { cloudIn, tell }: { readonly cloudIn: CloudIn } & Pick<Effects, 'tell'>,
  { home, organization, placeIn }: Pick<OrganizationWanted, 'home' | 'organization' | 'placeIn'>,
) {
  const buckets = new Map<string, Promise<void>>();
  const missing: typeof missingSettings = (...about) =>
    missingForOrganization(...about, organization);
  const storeIn = async (
    place: cloud.Place,
    at: cloud.StoredObject,
    sum: string,
    bytes: Uint8Array,
  ) => store({ cloud: await cloudIn(place.region), tell, buckets }, place, at, sum, bytes, missing);
  return {
    /** Stores the code of a rule, and the names, in all regions in which its instances are. */
    storeCode: async (
      wanted: Required<Pick<WantedStackSet, 'artifact' | 'regions' | 'single'>>,
    ): Promise<void> => {
      const { artifact, regions, single } = wanted;
      const { code } = artifact.rule;
      const bytes = readVerified(artifact, code);
      for (const region of regions) {
        const place = placeIn(region);
        const at = codeAt(place, identityOf(artifact), code.sha256);
        await storeIn(place, at, code.sha256, bytes);
        await storeNames(single.content.names, place, (...named) => storeIn(place, ...named));
      }
    },

    /** Stores a template that is too large to be sent along; gives its URL. */
    storeTemplate: async (identity: Identity, { text }: Template): Promise<string> => {
      const sum = sha256(text);
      const at = templateAt(home, { ...identity, template: sum });
      return urlOf(home, at, await storeIn(home, at, sum, Buffer.from(text)));
    },
  };
}
