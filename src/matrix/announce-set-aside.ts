import { composeForRoom } from '../messages/compose.ts';
import type { RoomId } from '../messages/ids.ts';
import type { Store } from '../store/open-store.ts';

/** Tells the administrators, in their room, that an event, or a message of the bot, was set aside: once, until they look at the list (`!echecs`). */
export type AnnounceSetAside = (now: number) => void;

/** Call it in the transaction that sets the event aside. */
export function createAnnounceSetAside(store: Store, room: RoomId | null): AnnounceSetAside {
  return (now) => {
    if (room === null || !store.notices.claim('', 'set-aside', now)) return;
    const text =
      'Un événement reçu n’a pas pu être traité, ou le serveur a refusé une de mes réponses sans dire pourquoi : c’est mis de côté, et la personne n’a pas eu de réponse. Écrivez-moi « !echecs » en message privé pour en voir la liste et les reprendre. Je ne vous préviendrai plus avant.';
    store.outgoing.add(composeForRoom(room, text, { now }), now);
  };
}
