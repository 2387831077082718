/**
 * The field that makes what a function is given a test: a text that names it. The alerts of a test say that nothing happened,
 * and are told although the same was told before.
 */
export const testField = 'patrolTest';

/**
 * The field that makes it a canary, when it is `true`: one test a minute, for machines alone. Where people may be subscribed to the
 * topic, nothing is sent. When it is `alone`, the rule is not asked about the event: what is sent says only that the function can.
 */
export const canaryField = 'patrolCanary';
export const canaryAlone = 'alone';
