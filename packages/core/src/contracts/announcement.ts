/**
 * The announcement of a deployment, by which patrolHealth knows what patrol-deploy does. It is a parameter of the Parameter
 * Store in each account and region, which keeps its earlier values and who wrote each of them, and when.
 */

/** The name of the parameter. */
export const announcementName = '/patrol/announcement';

/** How long an announcement may hold, in milliseconds. */
export const longestAnnouncement = 7_200_000;

/** The most bytes of a value: a standard parameter holds no more. A run that needs more announces itself in several. */
export const announcementBytes = 4096;

/** What stands before the name of a stack set in an announcement. No stack can have such a name. */
export const stackSetPrefix = 'stackset/';

/** What a run of patrol-deploy is about to do in an account and region. */
export interface Announcement {
  /** The same in all announcements of a run. */
  readonly run: string;
  /** When it ends at the latest, as ISO 8601. */
  readonly until: string;
  /** By their names; those of stack sets begin with {@link stackSetPrefix}. */
  readonly stacks: Readonly<Record<string, AnnouncedStack>>;
}

/** What is done with a stack or stack set (`remove`: it is updated, and loses instances), with the SHA-256 of its template and of its code to come, as far as there are any. */
export type AnnouncedStack = readonly [
  doing: 'create' | 'update' | 'remove' | 'recreate' | 'recover' | 'delete',
  template?: string,
  code?: string,
];
