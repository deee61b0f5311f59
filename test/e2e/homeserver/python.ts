import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Project root, wherever the command was started. */
export const projectRoot = fileURLToPath(new URL('../../../', import.meta.url));

/** Synapse's virtual environment: inside the project, or where HOMESERVER_VENV says. */
export const venvPath = process.env['HOMESERVER_VENV'] ?? join(projectRoot, '.venv', 'homeserver');

export const venvPython = join(venvPath, 'bin', 'python');

/** Version of the Synapse installed in the virtual environment, or null when there is none. */
export const readSynapseVersion = (): string | null => readPackageVersion('matrix-synapse');

/** Version of the matrix-nio there, or null when it is absent or has no encryption (vodozemac, its extra « e2e »). */
export const readNioVersion = (): string | null =>
  readPackageVersion('vodozemac') && readPackageVersion('matrix-nio');

function readPackageVersion(name: string): string | null {
  if (!existsSync(venvPython)) return null;
  try {
    const code = 'import sys; from importlib.metadata import version; print(version(sys.argv[1]))';
    return execFileSync(venvPython, ['-c', code, name], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null;
  }
}

/** First of python3.13…python3.10, python3 that is at least 3.10, or null. */
export function findPython(): string | null {
  for (const name of ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10']) {
    try {
      execFileSync(name, ['-c', 'import sys, venv, ensurepip; assert sys.version_info >= (3, 10)'], {
        stdio: 'ignore',
      });
      return name;
    } catch {
      // Not this one; the next may do.
    }
  }
  return null;
}
