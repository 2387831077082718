/** Policies that are written as JSON text. Pure. */

/** The document in a JSON text, or why it cannot be read; `undefined` for a text that is no document. */
export function documentIn(
  text: string,
): { readonly document: unknown } | { readonly unreadable: string } | undefined {
  const body = text.replace(/^\uFEFF/, '').trim();
  if (!/^[[{]/.test(body)) return undefined;
  try {
    const document: unknown = JSON.parse(body);
    const twice = repeatedName(body);
    if (twice === undefined) return { document };
    return {
      unreadable: `has the name ${JSON.stringify(twice)} twice, and only AWS knows which one it uses`,
    };
  } catch {
    return /effect|statement/i.test(body) ? { unreadable: 'is not JSON' } : undefined;
  }
}

/** The first name that an object in a JSON text has twice. Readers of JSON differ in which of the two counts. */
export function repeatedName(json: string): string | undefined {
  const names: Set<string>[] = [];
  for (const [token, quoted] of json.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{') names.push(new Set());
    else if (token === '}') names.pop();
    else if (quoted !== undefined) {
      const name: string = JSON.parse(quoted);
      const known = names.at(-1);
      if (known?.has(name)) return name;
      known?.add(name);
    }
  }
  return undefined;
}
