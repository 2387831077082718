/** Policies that are written as a text in JSON. Pure. */

/** What a text holds when it is a document in JSON, or why it cannot be read; `undefined` for any other text. */
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
      unreadable: `has the name ${JSON.stringify(twice)} twice, and only AWS knows which counts`,
    };
  } catch {
    return /effect|statement/i.test(body) ? { unreadable: 'is not JSON' } : undefined;
  }
}

/** The first name that an object of a text in JSON has twice: which of the two counts is left to whoever reads it. */
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
