/** Which of several names somebody may have wanted to type. */
import { closestMatch } from 'leven';

/** The name that is closest to a word, if one is close enough; never the word itself. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const others = names.filter((name) => name !== word);
  const folded = others.find((name) => name.toLowerCase() === word.toLowerCase());
  if (folded !== undefined || word.length > 100) return folded;
  // About a third of the letters may differ, so that two swapped letters may in a word of five. More make another word.
  const maxDistance = Math.max(1, Math.floor((word.length + 1) / 3));
  return closestMatch(word, others, { maxDistance });
}
