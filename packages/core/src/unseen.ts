/**
 * Characters that JSON leaves as they are, and that nobody sees or that terminals and mail clients act upon: control
 * characters above ASCII, separators of lines and paragraphs, those that turn the text around, and those without a width
 * (Unicode's Default_Ignorable_Code_Point) but for U+FE0F, which makes emoji colourful. With the flag `g`.
 */
export const unseen: RegExp =
  // oxlint-disable-next-line no-misleading-character-class -- each of them stands for itself
  /[\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufff8\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;

/**
 * What has no place on one line: white space, control characters, characters that turn the text around, and lone
 * surrogates. Written as ranges: V8 looks property names (`\p{…}`) up when it parses them, at every cold start.
 */
export const unprintable: RegExp =
  // oxlint-disable-next-line no-control-regex -- control characters are what it is for
  /[\s\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+/gu;

/** Whether a value is a text that can be copied from a line as it is. It may hold spaces, and no other {@link unprintable} character. */
export const isPrintable = (value: unknown): value is string =>
  typeof value === 'string' &&
  value.replaceAll(' ', '').search(unprintable) < 0 &&
  value.search(unseen) < 0;

/**
 * A text on one line, without characters that control a terminal or turn the text around and without halves of characters,
 * cut to `limit` characters. Other characters that nobody sees are shown as in JSON: `\\u200b`.
 */
export const clean = (value: string, limit: number = Infinity): string => {
  const line = escapeUnseen(value.replace(unprintable, ' ').trim());
  return line.length <= limit
    ? line
    : `${line
        .slice(0, limit - 1)
        .replace(/[\ud800-\udfff]$/u, '')
        .trimEnd()}…`;
};

/** JSON in which {@link unseen} characters are escaped: it says the same, and shows it. */
export const escapeUnseen = (json: string): string =>
  json.replace(unseen, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
