/** Takes the life out of links in text that comes from elsewhere: no mail client and no chat makes them something to click on. */

/** What a dot may look like. */
const dots = /[.\u3002\uff0e\uff61]/g;

/** Labels with dots between them, in any script: all that stand in a row, so that nothing of a host is left over. */
const rows =
  /(?<![\p{L}\p{N}_-])(?<![\p{L}\p{N}_-][.\u3002\uff0e\uff61])[\p{L}\p{N}_-]+(?:[.\u3002\uff0e\uff61][\p{L}\p{N}_-]+)+/gu;

/** Whether labels can be the name of a host: one behind the first begins with a letter, unlike in the number of a version. */
const isHost = (row: string): boolean =>
  row.split(dots).some((label, index) => index > 0 && /^\p{L}./u.test(label)) && !isOfAws(row);

/** A service of AWS, or its endpoint in a region: nobody else can have a name like that. */
const isOfAws = (host: string): boolean =>
  /^[a-z0-9-]+(\.[a-z]{2}(-[a-z]+)+-\d)?\.amazonaws\.com$/.test(host);

/**
 * A text with its links dead: `https[:]//evil[.]example/login`.
 */
export const deadLinks = (text: string): string =>
  text
    .replaceAll('://', '[:]//')
    .replace(rows, (row) => (isHost(row) ? row.replace(dots, '[.]') : row));

/** JSON with the links in it dead. It says the same: slashes and dots are written as JSON may write them. */
export const deadLinksOfJson = (json: string): string =>
  json
    .replaceAll('://', ':\\/\\/')
    .replace(rows, (row) => (isHost(row) ? row.replace(dots, (dot) => escaped(dot)) : row));

const escaped = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
