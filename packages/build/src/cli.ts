/** `patrol-build`: builds the rules of the package in the current folder. */
import { BuildError, buildPackage } from './index.ts';

try {
  const { rules } = await buildPackage(process.cwd());
  for (const { name, code } of rules) {
    process.stdout.write(`${name}  ${(code.bytes / 1024).toFixed(1)} KB\n`);
  }
  process.stdout.write(`${rules.length} rules built\n`);
} catch (error) {
  const text =
    error instanceof BuildError ? error.message : error instanceof Error ? error.stack : error;
  process.stderr.write(`patrol-build: ${String(text)}\n`);
  process.exitCode = 1;
}
