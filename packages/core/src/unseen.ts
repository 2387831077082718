/**
 * Characters that JSON leaves as they are, and that terminals and mail clients act upon: control characters above ASCII,
 * separators of lines and paragraphs, and those that turn the text around them. With the flag `g`.
 */
export const unseen: RegExp = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * What has no place on one line: white space, control characters, characters that turn the text around, and lone
 * surrogates. Written as ranges: V8 looks property names (`\p{…}`) up when it parses them, at every cold start.
 */
export const unprintable: RegExp =
  // oxlint-disable-next-line no-control-regex -- control characters are what it is for
  /[\s\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+/gu;

/** Whether a value is a text that can be copied from a line as it is. It may hold spaces, and no other {@link unprintable} character. */
export const isPrintable = (value: unknown): value is string =>
  typeof value === 'string' && value.replaceAll(' ', '').search(unprintable) < 0;

/** A text on one line, without characters that control a terminal or turn the text around and without halves of characters, cut to `limit` characters. */
export const clean = (value: string, limit: number = Infinity): string => {
  const line = value.replace(unprintable, ' ').trim();
  return line.length <= limit
    ? line
    : `${line
        .slice(0, limit - 1)
        .replace(/[\ud800-\udfff]$/u, '')
        .trimEnd()}…`;
};

/** JSON in which {@link unseen} characters are escaped: it says the same, and shows it. */
export const escapeUnseen = (json: string): string =>
  json.replace(
    unseen,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
