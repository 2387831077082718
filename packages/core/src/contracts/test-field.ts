/**
 * The field that makes what a function is given a test: a text that names it. The alerts of a test say that nothing happened,
 * and are told although the same was told before.
 */
export const testField = 'patrolTest';
