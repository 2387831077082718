/** Where a rule of a fleet goes. Pure. */
import type { Remark } from '../view/sentences/remarks.ts';

/** What decides about the regions of a rule in an account. */
interface RegionChoice {
  /** What the operator types for the rule. */
  readonly name: string;
  /** The regions of the partition `aws` in which its events can occur; `null` for all. */
  readonly limits: readonly string[] | null;
  readonly partition: string;
  /** The fleet's. */
  readonly fleet: readonly string[];
  /** The account's, where it has its own. */
  readonly account?: readonly string[] | undefined;
  /** The rule's, where the file names some. */
  readonly rule?: readonly string[] | undefined;
}

/**
 * The regions of a rule: its own, else the account's, else the fleet's; of its own only those that the account has.
 * A rule whose events AWS delivers in some regions only goes to those of them that are wanted, and to all of them when
 * none is: elsewhere it would never alert.
 */
export function regionsOf(choice: RegionChoice): {
  readonly regions: readonly string[];
  readonly note?: Remark;
} {
  const { name, limits, partition, account, rule } = choice;
  const asked = account ?? choice.fleet;
  const chosen = rule ? rule.filter((region) => account?.includes(region) ?? true) : asked;
  if (limits === null) {
    if (chosen.length > 0) return { regions: chosen };
    return { regions: [], note: { code: 'nowhere', name, regions: asked, own: rule ?? [] } };
  }
  if (partition !== 'aws') {
    return { regions: chosen, note: { code: 'unknownPartition', name, partition } };
  }
  const within = chosen.filter((region) => limits.includes(region));
  const regions = within.length > 0 ? within : limits;
  if (regions.length === chosen.length && within.length > 0) return { regions };
  return { regions, note: { code: 'confined', name, regions, wanted: chosen } };
}

/** The regions that the file names for a rule although none of its events occur there. */
export const deadRegions = ({ limits, partition, rule = [] }: RegionChoice): readonly string[] =>
  limits === null || partition !== 'aws' ? [] : rule.filter((region) => !limits.includes(region));
