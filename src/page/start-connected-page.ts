import type { Brain } from '../brain/brain.ts';
import type { Config } from '../config.ts';
import { describeError, type Log } from '../operations/log.ts';
import type { Store } from '../store/open-store.ts';
import { type Page, startPage } from './start-page.ts';

/**
 * The page beside a connected bot, when PAGE_PORT asks for it: its figures are the bot's, its conversations stay in
 * memory and count nowhere. When it cannot start, the log says so and the bot works without it.
 */
export async function startConnectedPage(
  { page, contentDir }: Config,
  store: Store,
  brain: () => Brain,
  log: Log,
  withTickets: boolean,
): Promise<Page | null> {
  if (page.port === null || page.port === 0) return null;
  try {
    const started = await startPage({
      brain,
      root: contentDir,
      store,
      host: page.host,
      port: page.port,
      token: page.token,
      accounts: page.accounts,
      publicNames: page.names,
      onError: (error) => log.error('Page : une demande a échoué', { cause: describeError(error) }),
      ...(withTickets ? { tickets: store.tickets.readFigures } : {}),
    });
    log.info('Page d’aperçu ouverte', { adresse: started.url });
    return started;
  } catch (error) {
    log.error(error instanceof Error ? error.message : String(error));
    return null;
  }
}
