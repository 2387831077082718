/** What stands, as plans take it. */
import type { Place, Stack } from '../cloud/cloud.ts';
import type { StackInstance, StackSet, Target } from '../cloud/stacksets.ts';

/** What stands of a stack set, or why nobody can tell. */
export type StackSetState = { readonly name: string } & (
  | {
      readonly stackSet: StackSet;
      readonly instances: readonly StackInstance[];
      /** The units that new accounts get it in. */
      readonly targets: readonly Target[];
    }
  | { readonly failure: string }
);

/** The accounts of organisational units, as far as AWS tells. */
export interface UnitsState {
  /** By unit. */
  readonly accounts: ReadonlyMap<string, readonly string[]>;
  /** The units inside of units, at any depth. */
  readonly inside: ReadonlyMap<string, readonly string[]>;
  /** Units that do not exist. */
  readonly absent: readonly string[];
  /** Why AWS does not tell, by unit. */
  readonly unknown: ReadonlyMap<string, string>;
}

/** What stands in an organisation. */
export interface OrganizationState {
  /** Every stack set of the managing account that the fleet wants or that is tagged as the fleet's. */
  readonly stackSets: readonly StackSetState[];
  /** The units in which stack sets that are wanted stand or are to stand. */
  readonly units: UnitsState;
}

/** A stack set that could be looked at. */
export type StackSetFound = Extract<StackSetState, { readonly stackSet: StackSet }>;

/** What stands in an account and region, or why nobody can tell. */
export type PlaceState = { readonly place: Place } & (
  | {
      /** All stacks of the account in the region. */
      readonly stacks: readonly Stack[];
    }
  | {
      readonly failure: string;
      /** Whether the file names the place no more, if it ever did: that it cannot be looked at keeps nothing from being done. */
      readonly beside?: true;
    }
);

/** A stack, and where it is. */
export interface PlacedStack {
  readonly place: Place;
  readonly stack: Stack;
}

/** All stacks of the places that could be looked at. */
export const stacksIn = (current: readonly PlaceState[]): readonly PlacedStack[] =>
  current.flatMap((found) =>
    'stacks' in found ? found.stacks.map((stack) => ({ place: found.place, stack })) : [],
  );
