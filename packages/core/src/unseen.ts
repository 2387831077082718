/**
 * Characters that JSON leaves as they are, and that terminals and mail clients act upon: control characters above ASCII,
 * separators of lines and paragraphs, and those that turn the text around them. With the flag `g`.
 */
export const unseen: RegExp = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** JSON in which {@link unseen} characters are escaped: it says the same, and shows it. */
export const escapeUnseen = (json: string): string =>
  json.replace(
    unseen,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
