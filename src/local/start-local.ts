import { createLiveBrain, describeReload } from '../brain/live-brain.ts';
import { loadBrain } from '../brain/load-brain.ts';
import type { Config } from '../config.ts';
import { type Page, startPage } from '../page/start-page.ts';
import { eraseOldData } from '../store/erase-old-data.ts';
import { createErasures } from '../store/finish-erasures.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { localStorePath } from './local-store-path.ts';
import { startTerminal } from './terminal.ts';

/** Port of the page when PAGE_PORT is not set. */
const usualPort = 8481;

/**
 * The bot without Matrix: the same conversation in the terminal and in a browser page. Resolves when the terminal is left,
 * or on Ctrl-C when PAGE_PORT asks for the page.
 * @throws ContentError when a file of intents/ or knowledge/ is wrong
 */
export async function startLocal(config: Config): Promise<void> {
  if (process.stderr.isTTY) process.stderr.write('Lecture des fiches et apprentissage…\r');
  const initial = await loadBrain(config.contentDir);
  const store = openLocalStore(config);
  const live = createLiveBrain({
    root: config.contentDir,
    initial,
    onReload: (reload) => console.log(`\n${describeReload(reload)}\n`),
  });
  const page = await openPage(config, store, live.brain);
  console.log(`Assistant télétravail : ${initial.content.fiches.size} fiches, dans ce terminal.`);
  if (page) console.log(`Page d’aperçu : ${page.url}`);
  console.log('Pour le relier à Tchap : npm run setup, puis npm start (voyez README.md).');
  console.log('Écrivez votre question comme sur Tchap ; /quitter pour finir.\n');
  try {
    await startTerminal(live.brain, store);
    if (page && config.page.port !== null && process.stdin.isTTY !== true) await untilAskedToStop();
  } finally {
    live.close();
    await page?.close();
    store.close();
  }
}

function openLocalStore({ dataDir, retentionDays }: Config): Store {
  try {
    const store = openStore(localStorePath(dataDir));
    store.transaction(() => eraseOldData(store, Date.now(), retentionDays));
    createErasures(store).finish();
    return store;
  } catch {
    console.log(`Rien ne sera gardé de ces essais : ${dataDir} n’est pas accessible en écriture.`);
    return openStore(':memory:');
  }
}

/** Opens the page where PAGE_PORT says (0: not at all); when it is not set, on the usual port or, if taken, on a free one. */
async function openPage(
  { page: { port, host, token, accounts, names }, contentDir }: Config,
  store: Store,
  brain: Parameters<typeof startPage>[0]['brain'],
): Promise<Page | null> {
  if (port === 0) return null;
  const start = (port: number): Promise<Page> =>
    startPage({
      brain,
      root: contentDir,
      store,
      conversations: store,
      host,
      port,
      token,
      accounts,
      publicNames: names,
      onError: (error) => console.error(`Page : ${error instanceof Error ? error.message : String(error)}`),
    });
  if (port !== null) return start(port);
  return start(usualPort).catch(() => start(0));
}

function untilAskedToStop(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
}
