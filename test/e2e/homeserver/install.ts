import { spawnSync } from 'node:child_process';
import { findPython, readNioVersion, readSynapseVersion, venvPath, venvPython } from './python.ts';

/** Pinned so that a test run tomorrow meets the server and the client of today. */
const synapse = '1.163.2';
const nio = '0.26.0';
const withNio = process.argv.includes('--nio');
const packages = [`matrix-synapse==${synapse}`, ...(withNio ? [`matrix-nio[e2e]==${nio}`] : [])];

if (process.argv.includes('--help')) {
  console.log(`Installe le serveur Matrix des tests (Synapse, PyPI) dans un environnement Python à part.

  npm run homeserver:install            dans .venv/homeserver, ou là où HOMESERVER_VENV le dit
  npm run homeserver:install -- --nio   ajoute matrix-nio, un second client chiffré pour les tests

Il faut Python 3.10 ou plus récent, avec son module venv (Debian : apt-get install python3-venv).`);
  process.exit(0);
}

if (readSynapseVersion() === synapse && (!withNio || readNioVersion() === nio)) {
  console.log(`Synapse ${synapse}${withNio ? ` et matrix-nio ${nio} sont` : ' est'} déjà là : ${venvPath}`);
  process.exit(0);
}
const python = findPython();
if (!python) {
  console.error(
    'Il faut Python 3.10 ou plus récent, avec son module venv. Sur Debian : apt-get install python3-venv, puis relancez.',
  );
  process.exit(1);
}
console.log(
  `Installation de Synapse${withNio ? ' et de matrix-nio' : ''} dans ${venvPath} (une minute environ)…`,
);
run(python, ['-m', 'venv', venvPath]);
run(venvPython, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
console.log(
  `Synapse ${readSynapseVersion() ?? '?'}${withNio ? ` et matrix-nio ${readNioVersion() ?? '?'}` : ''} : prêt.`,
);

function run(command: string, args: string[]): void {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) {
    console.error(
      `Échec de « ${command} ${args.slice(0, 3).join(' ')} … » (code ${status}). Voyez le message ci-dessus.`,
    );
    process.exit(1);
  }
}
