/**
 * Builds dist/ before `npm start`, unless it is as new as its sources: another system may be running from it. The other
 * programs (`--if-missing`) build only where there is nothing.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, globSync, statSync } from 'node:fs';

const built = 'dist/apps/start/main.js';
const modified = (file) => statSync(file).mtimeMs;
const sources = () =>
  globSync(['{apps,libs,projections,test}/**/*.ts', 'package-lock.json', 'nest-cli.json', '.swcrc']);
const fresh = () => sources().every((file) => modified(file) <= modified(built));

if (!existsSync(built) || (!process.argv.includes('--if-missing') && !fresh())) {
  try {
    accessSync(existsSync('dist') ? 'dist' : '.', constants.W_OK);
  } catch ({ code }) {
    process.stderr.write(
      `${process.cwd()}/dist cannot be written (${code}): run \`npm run build\` once as the owner of this folder (README.md, "Two commands").\n`,
    );
    process.exit(1);
  }
  process.exit(
    spawnSync(`nest build && node "${import.meta.dirname}/bundle.js"`, {
      shell: true,
      stdio: ['inherit', 'ignore', 'inherit'],
    }).status ?? 1,
  );
}
