/** The headers that give a bucket or an object an ACL. The rule's pattern asks for them, and `grants.ts` reads them. */

/** The canned ACLs that are public, by their names in `x-amz-acl`. */
export const publicAcls = ['public-read', 'public-read-write', 'authenticated-read'] as const;

const permissions = ['READ', 'WRITE', 'READ_ACP', 'WRITE_ACP', 'FULL_CONTROL'];

/** What each header gives to the grantees that it lists. */
export const grantHeaders: ReadonlyMap<string, string> = new Map(
  permissions.map((name) => [`x-amz-grant-${name.toLowerCase().replace('_', '-')}`, name]),
);
