/** Tests for every rule whose alerts say who acted. */
import { actor, type Parameters, type Rule, type Trigger } from '@patrol/core';
import { type Given, identities, run } from '@patrol/core/testing';
import { expect, test } from 'vitest';

/**
 * Declares that a rule alerts whoever acted, and names the actor in the title and in the summary.
 *
 * @param event makes an event on which the rule alerts, for an identity.
 */
export function describeActors<T extends Trigger, P extends Parameters, C>(
  rule: Rule<T, P, C>,
  event: (userIdentity: unknown) => unknown,
  given: Given<P, C> = {},
): void {
  test.each(Object.entries(identities))('%s is named as the actor', async (_shape, identity) => {
    const { alerts } = await run(rule, event(identity), given);
    const { description } = actor(identity);
    expect(alerts).toHaveLength(1);
    expect(alerts[0]?.title).toContain(description);
    expect(alerts[0]?.summary).toContain(description);
  });
}
