// Plain JavaScript, loaded before anything else (--import): an older Node cannot even read our TypeScript files.
const wanted = 24;
if (Number(process.versions.node.split('.')[0]) < wanted) {
  console.error(
    `Il faut Node ${wanted} ou plus récent ; ici c'est Node ${process.versions.node}.
Sous Linux, « npm ci » l'installe avec le projet : relancez-le, puis passez par « npm start ».
Ailleurs, installez Node ${wanted} depuis le site de Node.js ou votre magasin de logiciels.`,
  );
  process.exit(1);
}
