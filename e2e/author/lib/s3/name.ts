/** @throws when the value is no name. */
export function nameOf(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new Error('expected the name of a bucket');
  return value;
}
