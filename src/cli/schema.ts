import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSchemas } from '../knowledge/editing/write-schemas.ts';
import { projectRoot } from '../knowledge/project-root.ts';
import { readOptions } from './read-options.ts';

readOptions(
  `Écrit docs/schema/*.json, les schémas JSON des fichiers YAML, d’après les définitions du code.
Un éditeur de texte tel que VS Code s’en sert pour compléter et souligner (voir docs/guide-redacteur.md).

  npm run schema

Code de sortie : 0.`,
  {},
);
const folder = join(projectRoot, 'docs/schema');
mkdirSync(folder, { recursive: true });
for (const [name, text] of writeSchemas()) {
  writeFileSync(join(folder, name), text);
  console.log(`docs/schema/${name}`);
}
