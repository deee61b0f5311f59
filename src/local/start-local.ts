import { loadBrain } from '../load-brain.ts';
import { startTerminal } from './terminal.ts';

/**
 * The bot without Matrix: the same conversation in the terminal. Resolves when the person leaves.
 * @throws ContentError when a file of intents/ or knowledge/ is wrong
 */
export async function startLocal(): Promise<void> {
  const brain = await loadBrain();
  console.log(`Assistant télétravail : ${brain.content.fiches.size} fiches, dans ce terminal.`);
  console.log('Pour le relier à Tchap : npm run setup, puis npm start (voyez README.md).');
  console.log('Écrivez votre question comme sur Tchap ; /quitter pour finir.\n');
  await startTerminal(() => brain);
}
