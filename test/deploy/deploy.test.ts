import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { projectRoot } from '../../src/knowledge/project-root.ts';

const read = (name: string): string => readFileSync(join(projectRoot, name), 'utf8');
const example = read('.env.example');

describe('the image', () => {
  const dockerfile = read('Dockerfile');
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) =>
    paths.split(' '),
  );

  test('copies what is there, and what .dockerignore lets through', () => {
    const allowed =
      read('.dockerignore')
        .match(/^!.+$/gm)
        ?.map((line) => line.slice(1)) ?? [];
    expect(copied.length).toBeGreaterThan(6);
    expect(copied.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
    expect(
      copied.filter((path) => !allowed.some((one) => one === path || one.startsWith(`${path}/`))),
    ).toEqual([]);
  });

  test('runs without privilege, keeps its data in one volume, says its health, and downloads nothing at start', () => {
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile.match(/^VOLUME .+$/gm)).toEqual(['VOLUME /donnees']);
    expect(dockerfile).toMatch(/^HEALTHCHECK /m);
    expect(dockerfile).toContain('npm ci --omit=dev --omit=optional --ignore-scripts');
    expect(/^CMD (.+)$/m.exec(dockerfile)?.[1]).toBe('["./bin/assistant", "start"]');
  });

  test('its health check asks the address that the bot serves', () => {
    expect(dockerfile).toContain('process.env.HEALTH_PORT || 8480}/healthz');
    expect(example).toContain('# HEALTH_PORT=8480');
  });
});

/** Names of settings given to the program, in either file. */
function settingsOf(text: string): string[] {
  return [...text.matchAll(/\b([A-Z][A-Z_]+)(?:=|:\s)/g)]
    .map(([, name = '']) => name)
    .filter((name) => /_|DIR/.test(name));
}

test('compose.yaml: read-only, no privilege, the data where setup makes them, and settings that exist', () => {
  const text = read('compose.yaml');
  const { services, secrets } = parse(text) as {
    services: {
      assistant: Record<string, unknown> & { environment: Record<string, string>; secrets: string[] };
    };
    secrets: object;
  };
  expect(services.assistant).toMatchObject({
    read_only: true,
    init: true,
    cap_drop: ['ALL'],
    tmpfs: ['/tmp'],
  });
  expect(services.assistant).toMatchObject({
    volumes: expect.arrayContaining(['./donnees:/donnees', './contenu:/contenu']),
  });
  // .env may say otherwise, and compose passes it on.
  expect(services.assistant.environment['DATA_DIR']).toBe('/donnees');
  expect(services.assistant.secrets.sort()).toEqual(Object.keys(secrets).sort());
  const unknown = Object.keys(services.assistant.environment).filter(
    (name) => !example.includes(`# ${name}=`),
  );
  expect(unknown).toEqual([]);
});

test('the example of two machines: each with data of its own, the same secrets, and settings that exist', () => {
  const { services, secrets } = parse(read('deploy/compose.deux-machines.yaml'), { merge: true }) as {
    services: Record<string, Record<string, unknown> & { secrets: string[]; volumes: string[] }>;
    secrets: object;
  };
  const [one, two] = [services['un'], services['deux']];
  expect(one?.volumes).toEqual(['../donnees:/donnees']);
  expect(two?.volumes).toEqual(['../donnees-deux:/donnees']);
  expect({ ...one, volumes: [] }).toEqual({ ...two, volumes: [] });
  expect(one).toMatchObject({ read_only: true, init: true, cap_drop: ['ALL'], restart: 'unless-stopped' });
  const used = Object.values(services).flatMap((service) => service.secrets);
  expect([...new Set(used)].sort()).toEqual(Object.keys(secrets).sort());
  const unknown = Object.keys(one?.['environment'] ?? {}).filter((name) => !example.includes(`# ${name}=`));
  expect(unknown).toEqual([]);
});

test('the systemd unit: its own account and folder, no restart for what restarting cannot cure, and one for what it does', () => {
  const unit = read('deploy/assistant-teletravail.service');
  for (const line of [
    'DynamicUser=yes',
    'ProtectSystem=strict',
    'NoNewPrivileges=yes',
    // Not 6: starting again is its remedy (docs/guide-operateur.md).
    'RestartPreventExitStatus=2 3 4 5',
  ]) {
    expect(unit).toContain(`\n${line}\n`);
  }
  const environment = unit.match(/^Environment=.*$/gm)?.join(' ') ?? '';
  const unknown = settingsOf(environment.replaceAll('Environment=', '')).filter(
    (name) => !['NODE_ENV', 'MALLOC_ARENA_MAX'].includes(name) && !example.includes(`# ${name}=`),
  );
  expect(unknown).toEqual([]);
});
