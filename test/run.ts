import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot, readSynapseVersion } from './e2e/homeserver/python.ts';

const argv = process.argv.slice(2);
if (argv.includes('--help')) {
  console.log(`npm test                  tests unitaires, puis tests sur un vrai serveur Matrix s’il y en a un
npm test -- --unit        tests unitaires seuls
npm test -- --e2e         tests sur le serveur Matrix seuls
npm test -- <filtre>      les fichiers dont le nom contient <filtre>

Le serveur s’installe par : npm run homeserver:install`);
  process.exit(0);
}
const filters = argv.filter((word) => !word.startsWith('--'));
const totals = { passed: 0, failed: 0 };

let ok = true;
if (!argv.includes('--e2e')) ok = runVitest('0') && ok;
if (!argv.includes('--unit')) {
  if (readSynapseVersion()) ok = runVitest('1') && ok;
  else {
    console.log(
      '\n⚠ Tests sur un vrai serveur Matrix laissés de côté : pas de Synapse ici. Pour les jouer : npm run homeserver:install, puis npm test.\n',
    );
    if (process.env['CI'] === 'true') {
      console.error('En CI ces tests sont obligatoires.');
      ok = false;
      totals.failed += 1;
    }
  }
}
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exit(ok ? 0 : 1);

/** Runs one of the two suites, its output as it comes; adds to the totals what vitest counted. */
function runVitest(e2e: '0' | '1'): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'vitest-'));
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { status } = spawnSync(
    process.execPath,
    [
      join(projectRoot, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--passWithNoTests',
      ...reporters,
      ...filters,
    ],
    { cwd: projectRoot, env: { ...process.env, E2E: e2e }, stdio: 'inherit' },
  );
  let failed = 0;
  try {
    const counts = JSON.parse(readFileSync(report, 'utf8')) as {
      numPassedTests: number;
      numFailedTests: number;
    };
    totals.passed += counts.numPassedTests;
    failed = counts.numFailedTests;
  } catch {
    // No report: vitest itself broke, or no test matched the filter; its exit code tells which.
  }
  rmSync(folder, { recursive: true, force: true });
  // A file that fails to load fails no single test: count it, or the last line would lie.
  totals.failed += status === 0 ? failed : Math.max(failed, 1);
  return status === 0;
}
