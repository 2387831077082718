/** Text that comes from elsewhere, as chats and issues show it. */

/** A text cut to a number of characters, not within one. */
export const cut = (text: string, limit: number): string =>
  text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, '')}…`;

/** A text as a block of code, in which Markdown finds nothing to act upon: no mention, no link, no picture. */
export const fenced = (text: string, limit: number, language = ''): string =>
  `\`\`\`${language}\n${cut(
    text.slice(0, limit + 1).replace(/`{3,}/g, (run) => "'".repeat(run.length)),
    limit,
  )}\n\`\`\``;

/** A text in which Slack finds nothing to act upon: `<!channel>` would call everybody ("Escaping text", Slack's API). */
export function escaped(text: string, limit: number): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
  const whole = cut(text, limit).replace(/[&<>]/g, (character) => entities[character] ?? '');
  return cut(whole, limit).replace(/&[a-z]*…$/, '…');
}
