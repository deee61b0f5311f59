import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse as parseEnvFile } from 'dotenv';
import { parse as parseYaml } from 'yaml';
import { projectRoot } from '../e2e/homeserver/python.ts';

/** How a supervisor would start the bot, its folders being folders of this machine. */
export interface Start {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The folder of this machine behind a path that the bot sees. */
  folderOf(path: string): string;
}

interface Compose {
  readonly services: {
    readonly assistant: {
      readonly env_file: readonly string[];
      readonly environment: Readonly<Record<string, string>>;
      readonly volumes: readonly string[];
      readonly secrets: readonly string[];
    };
  };
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

/**
 * What `docker compose up` would start in `project` (which holds .env, secrets/ and what setup made): the Dockerfile's
 * command and environment, under .env, under compose.yaml's own. The image's root is a folder of `machine`, with a link for
 * each mount: at any other path there is nothing.
 */
export function simulateContainer(project: string, machine: string): Start {
  const dockerfile = readFileSync(join(projectRoot, 'Dockerfile'), 'utf8');
  const compose = parseYaml(readFileSync(join(projectRoot, 'compose.yaml'), 'utf8')) as Compose;
  const service = compose.services.assistant;
  const folderOf = (path: string): string => join(machine, 'image', path);
  const mount = (source: string, target: string): void => {
    mkdirSync(dirname(folderOf(target)), { recursive: true });
    symlinkSync(source, folderOf(target));
  };
  for (const volume of service.volumes) {
    const [source = '', target = ''] = volume.split(':');
    const folder = source.startsWith('.') ? join(project, source) : join(machine, 'volumes', source);
    // What docker does too: an absent source is made, empty.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    mount(folder, target);
  }
  for (const name of service.secrets) {
    mount(join(project, compose.secrets[name]?.file ?? 'undeclared'), `/run/secrets/${name}`);
  }
  const given: Record<string, string> = { ...readImageEnvironment(dockerfile) };
  for (const file of service.env_file) Object.assign(given, parseEnvFile(readFileSync(join(project, file))));
  Object.assign(given, service.environment);
  const env = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, value.startsWith('/') ? folderOf(value) : value]),
  );
  const cwd = join(machine, 'image', 'assistant');
  mkdirSync(cwd, { recursive: true });
  for (const name of ['src', 'bin']) symlinkSync(join(projectRoot, name), join(cwd, name));
  const command = JSON.parse(/^CMD (\[.+\])$/m.exec(dockerfile)?.[1] ?? '[]') as string[];
  return { command, cwd, env, folderOf };
}

function readImageEnvironment(dockerfile: string): Record<string, string> {
  const words = [...dockerfile.matchAll(/^ENV (.+)$/gm)].flatMap(([, line = '']) => line.split(' '));
  return parseEnvFile(words.join('\n'));
}
