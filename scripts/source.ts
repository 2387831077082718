/** TypeScript as it is parsed by the checks of the sources. */
import { parseSync, type Program } from 'oxc-parser';

export function parsed(source: string, file: string): Program {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  return program;
}

export const lineAt = (source: string, offset: number): number =>
  source.slice(0, offset).split('\n').length;
