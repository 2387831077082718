/** Takes the life out of links in text that comes from elsewhere: no mail client and no chat makes them something to click on. */

/** Whatever looks like the name of a host. It begins where no name, path or host stands before. */
const hosts = /(?<![\w.-])(?:[a-z0-9_-]+\.)+[a-z]{2,}(?![\w-])/gi;

/** A service of AWS, or its endpoint in a region: nobody else can have a name like that. */
const isOfAws = (host: string): boolean =>
  /^[a-z0-9-]+(\.[a-z]{2}(-[a-z]+)+-\d)?\.amazonaws\.com$/.test(host);

/**
 * A text with its links dead: `https[:]//evil[.]example/login`.
 */
export const deadLinks = (text: string): string =>
  text
    .replaceAll('://', '[:]//')
    .replace(hosts, (host) => (isOfAws(host) ? host : host.replaceAll('.', '[.]')));

/** JSON with the links in it dead. It says the same: slashes and dots are written as JSON may write them. */
export const deadLinksOfJson = (json: string): string =>
  json
    .replaceAll('://', ':\\/\\/')
    .replace(hosts, (host) => (isOfAws(host) ? host : host.replaceAll('.', '\\u002e')));
