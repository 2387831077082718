/** Why a plan does what it does, as data. `view/reasons.ts` has the sentences. */
import type { Stack } from '../cloud/cloud.ts';
import type { Strangeness } from '../identity/ownership.ts';
import type { Scope } from '../cloud/stacksets.ts';
import type { Downgrade } from '../notes/parts.ts';
import { compact } from '../text/records.ts';

/** A stack, as far as a sentence about it needs. */
type Said = Pick<Stack, 'name' | 'status' | 'reason'>;

/** What is left where the file no longer lists it. */
interface Left {
  readonly name: string;
  readonly stacks: number;
  readonly scopes: readonly Scope[];
}

/** What a sentence about a stack and what to type for it needs. */
interface Suggesting {
  readonly stack: Said;
  readonly region: string;
  readonly command: string;
}

/** Each entry of a table as data with its code. */
type Coded<T> = { [C in keyof T]: { readonly code: C } & Readonly<T[C]> }[keyof T];

/** Why something is done, or nothing. */
export type Reason = Refusal | Coded<Reasons>;

interface Reasons {
  /** It does not exist. */
  absent: object;
  /** Its rule has no stack yet, and a line of patrol.yaml brings it that does not name it. */
  newBy: { line: string };
  /** It is empty: a change set that was not executed left it. */
  empty: object;
  same: { kind: 'stack' | 'stack set' };
  changed: { what: readonly string[] };
  /** Its creation or deletion failed. */
  broken: { stack: Said };
  /** Its last update was rolled back, so DescribeStacks may not show what it has. */
  rolledBack: object;
  /** Its last update was rolled back, and nothing differs. */
  noDifference: object;
  joins: { fleet: string };
  tagged: { tag: string };
  /** An operation is in progress, or must be continued, before anything else can be done. */
  recovers: Suggesting;
  /** patrol.yaml no longer lists it. */
  unlisted: { deleted: boolean; stacks?: number };
  underWay: object;
  outdated: { count: number; of: number };
  goes: { scope: Scope };
  leaves: { scope: Scope; stacks: number };
  left: Left;
}

/** Why nothing can be done with a stack or stack set. */
export type Refusal = Coded<Refusals>;

interface Refusals {
  /** AWS delivers the rule's events in other regions only. */
  wrongRegion: { name: string; regions: readonly string[]; region: string };
  /** A stack or stack set of that name is not Patrol's, or not this rule's. */
  foreign: { kind: 'stack' | 'stack set'; name: string; region?: string; because: Strangeness };
  stuck: Suggesting;
  /**
   * `isBroken`: whether it can only be deleted and recreated. `command`: what the operator types to turn the protection off;
   * of a broken stack, to delete it.
   */
  protected: Suggesting & { isBroken: boolean };
  /** The installed version of the rule is older than the deployed one, and nobody agreed to that. */
  older: { name: string; downgrade: Downgrade };
  /** It would be deleted, but an operation on it is in progress. */
  busy: { stack: Said };
  /** AWS does not say what there is. */
  unseen: { why: string };
  /** The default event bus has no room for the rules of all new stacks. `command`: what raises the quota. */
  busFull: { used: number; coming: number; quota: number; region: string; command: string };
  needsBase: { stack: string; base: string };
  baseUsed: { base: string };
  misnamed: { name: string; expected: string };
  /** An update would fail in regions that the file no longer has. */
  regionsLeft: Left & { regions: readonly string[] };
  /** It would be deployed to a unit, and to another one that contains it. */
  overlappingUnits: { name: string; unit: string; other: string };
  /**
   * Taking the stack set out of a unit would delete stacks of accounts that a wanted unit has too. `accounts`: absent where AWS
   * does not say. `command`: what the operator types to delete what the file no longer lists.
   */
  sharedAccounts: {
    name: string;
    unit: string;
    other: string;
    accounts?: readonly string[];
    command: string;
  };
}

/** What a sentence needs of a stack. */
export const said = ({ name, status, reason }: Stack): Said => compact({ name, status, reason });

/** Gives the sentence for reasons. */
export type Words = (reasons: readonly Reason[]) => string;
