/** Why a plan does what it does, as data. `view/reasons.ts` has the sentences. */
import type { Stack } from '../cloud/cloud.ts';
import type { Strangeness } from '../identity/ownership.ts';
import type { Scope } from '../cloud/stacksets.ts';
import type { Downgrade } from '../notes/parts.ts';

/** A stack, as far as a sentence about it needs. */
type Said = Pick<Stack, 'name' | 'status' | 'reason'>;

/** Why something is done, or nothing. */
export type Reason =
  /** It does not exist. */
  | { readonly code: 'absent' }
  /** It is empty: a change set that was not executed left it. */
  | { readonly code: 'empty' }
  | { readonly code: 'same'; readonly kind: 'stack' | 'stack set' }
  | { readonly code: 'changed'; readonly what: readonly string[] }
  /** Its creation or deletion failed. */
  | { readonly code: 'broken'; readonly stack: Said }
  /** Its last update was rolled back, so DescribeStacks may not show what it has. */
  | { readonly code: 'rolledBack' }
  /** Its last update was rolled back, and nothing differs. */
  | { readonly code: 'noDifference' }
  | { readonly code: 'joins'; readonly fleet: string }
  | { readonly code: 'tagged'; readonly tag: string }
  /** An operation is in progress, or must be continued, before anything else can be done. */
  | {
      readonly code: 'recovers';
      readonly stack: Said;
      readonly region: string;
      readonly command: string;
    }
  /** patrol.yaml no longer lists it. */
  | { readonly code: 'unlisted'; readonly deleted: boolean; readonly stacks?: number }
  | { readonly code: 'underWay' }
  | { readonly code: 'outdated'; readonly count: number; readonly of: number }
  | { readonly code: 'goes'; readonly scope: Scope }
  | { readonly code: 'leaves'; readonly scope: Scope; readonly stacks: number }
  /** It is left where the file no longer lists it. */
  | {
      readonly code: 'left';
      readonly name: string;
      readonly stacks: number;
      readonly scopes: readonly Scope[];
    }
  | Refusal;

/** Why nothing can be done with a stack or stack set. */
export type Refusal =
  /** AWS delivers the rule's events in other regions only. */
  | {
      readonly code: 'wrongRegion';
      readonly name: string;
      readonly regions: readonly string[];
      readonly region: string;
    }
  /** A stack or stack set of that name is not Patrol's, or not this rule's. */
  | {
      readonly code: 'foreign';
      readonly kind: 'stack' | 'stack set';
      readonly name: string;
      readonly region?: string;
      readonly because: Strangeness;
    }
  | {
      readonly code: 'stuck';
      readonly stack: Said;
      readonly region: string;
      readonly command: string;
    }
  | {
      readonly code: 'protected';
      readonly stack: Said;
      readonly region: string;
      /** Whether it can only be deleted and recreated. */
      readonly isBroken: boolean;
      /** What the operator types to turn the protection off; of a broken stack, to delete it. */
      readonly command: string;
    }
  /** The installed version of the rule is older than the deployed one, and nobody agreed to that. */
  | { readonly code: 'older'; readonly name: string; readonly downgrade: Downgrade }
  /** It would be deleted, but an operation on it is in progress. */
  | { readonly code: 'busy'; readonly stack: Said }
  /** AWS does not say what there is. */
  | { readonly code: 'unseen'; readonly why: string }
  | { readonly code: 'needsBase'; readonly stack: string; readonly base: string }
  | { readonly code: 'baseUsed'; readonly base: string }
  | { readonly code: 'misnamed'; readonly name: string; readonly expected: string }
  /** An update would fail in regions that the file no longer has. */
  | {
      readonly code: 'regionsLeft';
      readonly name: string;
      readonly regions: readonly string[];
      readonly stacks: number;
      readonly scopes: readonly Scope[];
    }
  /** Taking the stack set out of a unit would delete stacks of accounts that a wanted unit has too. */
  | {
      readonly code: 'sharedAccounts';
      readonly name: string;
      readonly unit: string;
      readonly other: string;
      /** Absent where AWS does not say. */
      readonly accounts?: readonly string[];
      /** What the operator types to delete what the file no longer lists. */
      readonly command: string;
    };

/** What a sentence needs of a stack. */
export const said = ({ name, status, reason }: Stack): Said => ({
  name,
  status,
  ...(reason === undefined ? {} : { reason }),
});

/** Gives the sentence for reasons. */
export type Words = (reasons: readonly Reason[]) => string;
