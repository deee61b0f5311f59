import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { projectRoot } from '../../src/knowledge/project-root.ts';

const source = readFileSync(join(projectRoot, 'src/config.ts'), 'utf8');
const example = readFileSync(join(projectRoot, '.env.example'), 'utf8');
const settings = [...example.matchAll(/^# ([A-Z][A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => ({
  name,
  value,
}));

test('.env.example has every setting that is read, and no other', () => {
  const read = [...source.matchAll(/reader\.(\w+)\(\s*'([A-Z_]+)'/g)].flatMap(([, kind, name = '']) =>
    kind === 'secret' ? [name, `${name}_FILE`] : [name],
  );
  expect(settings.map(({ name }) => name).sort()).toEqual([...new Set(read)].sort());
});

test('every setting is explained above it, and none is active as shipped', () => {
  expect(example).not.toMatch(/^[A-Z]/m);
  const lines = example.split('\n');
  const unexplained = settings.filter(({ name }) => {
    const at = lines.findIndex((line) => line.startsWith(`# ${name}=`));
    const above = lines.slice(0, at).findLastIndex((line) => !/^# [A-Z][A-Z_]+=/.test(line));
    return !/^# [^-]/.test(lines[above] ?? '');
  });
  expect(unexplained).toEqual([]);
});

test('the defaults that it shows are the defaults', () => {
  const shown = Object.fromEntries(settings.map(({ name, value }) => [name, value]));
  const connected = { HOMESERVER_URL: 'https://matrix.agent.interieur.tchap.gouv.fr', ACCESS_TOKEN: 'jeton' };
  const explicit = [
    'LOG_LEVEL',
    'HEALTH_PORT',
    'HEALTH_HOST',
    'IDLE_MINUTES',
    'RETENTION_DAYS',
    'DATA_DIR',
    'CONTENT_DIR',
  ]
    .concat([
      'EXTERNALS_ALLOWED',
      'ENCRYPTION',
      'KEY_SHARING',
      'SUPPORT_FILE',
      'SEND_RATE',
      'FLOOD_PER_PERSON',
      'FLOOD_PER_ROOM',
    ])
    .concat(['UNREADABLE_NOTICE_SECONDS', 'PAGE_HOST']);
  const given = Object.fromEntries(explicit.map((name) => [name, shown[name]]));
  const { contentDir, ...asShown } = readConfig({ ...connected, ...given });
  const { contentDir: usual, ...byDefault } = readConfig(connected);
  expect(asShown).toEqual(byDefault);
  expect(`${contentDir}/`).toBe(`${usual.replace(/\/$/, '')}/`);
});
