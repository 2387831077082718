/** Text from elsewhere — events, logs, packages, AWS — as it can be shown in a terminal. Pure. */

/**
 * Control characters, with which a text could move the cursor or recolour what stands around it, become visible. Line
 * breaks and tabs stay.
 */
export const printable = (text: string): string =>
  text.replace(/[^\P{Cc}\n\t]/gu, (character) =>
    character === '\r' ? '' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );

/** As {@link printable}, on one line. */
export const plain = (text: string): string => printable(text).replace(/\s*\n\s*/g, ' ');
