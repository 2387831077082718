/** Grants and disagreements in words. Pure. */
import type { Disagreement, Grant } from '../notes/parts.ts';

/** A grant in words: its resource, its effect, and what it is about. */
export function grantWords({ resource, attachedTo = [], effect, says, when = [] }: Grant): {
  readonly where: string;
  readonly effect: string;
  readonly says: string;
} {
  const to = attachedTo.map(({ kind, name }) => `${kind} ${name}`);
  return {
    where: `${resource}${to.length > 0 ? ` (${to.join(', ')})` : ''}`,
    effect,
    says: [
      ...Object.entries(says).map(([part, text]) => `${part} ${text}`),
      ...(when.length > 0 ? [`if ${when.join(' and ')}`] : []),
    ].join('; '),
  };
}

/** A disagreement of `rules.json` and a template, in a sentence. */
export function disagreementWords({ what, manifest, template }: Disagreement): string {
  if (template === undefined) return `${what}: rules.json has ${manifest}, the template does not.`;
  if (manifest === undefined) return `${what}: the template has ${template}, rules.json does not.`;
  return `${what}: rules.json says ${manifest}, the template says ${template}.`;
}
