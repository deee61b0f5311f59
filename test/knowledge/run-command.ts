import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../src/knowledge/project-root.ts';

/** Runs src/cli/<name>.ts as npm does; a minute at most. */
export function runCommand(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { status: number | null; stdout: string; stderr: string } {
  const command = ['--disable-warning=ExperimentalWarning', join(projectRoot, `src/cli/${name}.ts`), ...args];
  return spawnSync(process.execPath, command, {
    cwd: projectRoot,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: 60_000,
  });
}
