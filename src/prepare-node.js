// Plain JavaScript, loaded before anything else (--import): an older Node cannot even read our TypeScript files.
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const wanted = 24;
if (Number(process.versions.node.split('.')[0]) < wanted) {
  console.error(
    `Il faut Node ${wanted} ou plus récent ; ici c'est Node ${process.versions.node}.
Sous Linux, « npm ci » l'installe avec le projet : relancez-le, puis passez par « npm start ».
Ailleurs, installez Node ${wanted} depuis le site de Node.js ou votre magasin de logiciels.`,
  );
  process.exit(1);
}

// Compiled code is kept with the packages, out of reach of other accounts: the next starts read 150 files three times
// as fast. Where nothing can be written there, Node does without.
module.enableCompileCache?.(fileURLToPath(new URL('../node_modules/.cache/node-compile', import.meta.url)));
