import type { MatrixConfig } from '../config.ts';
import { composeForRoom } from '../messages/compose.ts';
import type { Log } from '../operations/log.ts';
import type { Store } from '../store/open-store.ts';
import { plural } from '../text/plural.ts';

/** Days before the expiry at which administrators are told, and the day itself. */
const warnings = [0, 1, 3, 7, 14, 30];
const day = 86_400_000;

/**
 * Tells the administrators that the account is about to expire: its homeserver would refuse everything from then on.
 * Each warning is given once, in their room (or the operators') and in the log. Call the result now and then.
 */
export function createExpiryWarning(options: {
  readonly config: Pick<MatrixConfig, 'accountExpiry' | 'adminRoom' | 'supportRoom'>;
  readonly store: Store;
  readonly log: Log;
  readonly clock?: () => number;
  readonly onOutgoing: () => void;
}): () => void {
  const { config, store, log, clock = Date.now } = options;
  const room = config.adminRoom ?? config.supportRoom;
  let logged = '';

  return () => {
    if (config.accountExpiry === null) return;
    const now = clock();
    const at = Date.parse(`${config.accountExpiry}T00:00:00Z`);
    const left = Math.ceil((at - now) / day);
    const warning = warnings.find((days) => left <= days);
    const told = `${config.accountExpiry} ${warning}`;
    if (warning === undefined || store.settings.read('expiry-told') === told) return;
    const text = describe(left, at);
    if (logged !== told) log.warn(text);
    logged = told;
    // Invited but not in the room yet, the bot would be refused: a later call tells them.
    if (room !== null && store.rooms.read(room)?.membership !== 'join') return;
    store.transaction(() => {
      store.settings.write('expiry-told', told);
      if (room !== null) store.outgoing.add(composeForRoom(room, text, { now, agent: '' }), now);
    });
    options.onOutgoing();
  };
}

function describe(left: number, at: number): string {
  const date = new Intl.DateTimeFormat('fr-FR', { dateStyle: 'long', timeZone: 'UTC' }).format(at);
  const when =
    left < 1 ? 'a expiré, ou expire aujourd’hui' : `expire dans ${left}\u00A0${plural(left, 'jour')}`;
  return `Le compte de l’assistant ${when} (${date.replaceAll(' ', '\u00A0')}). Renouvelez-le par le lien du courriel que sa boîte a reçu, puis mettez la nouvelle date dans ACCOUNT_EXPIRY : un compte expiré ne répond plus à personne.`;
}
