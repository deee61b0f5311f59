import type { Log } from '../../operations/log.ts';
import type { Store } from '../../store/open-store.ts';
import type { StoredOutgoing } from '../../store/outgoing-table.ts';
import type { AnnounceSetAside } from '../announce-set-aside.ts';
import { backOff } from '../homeserver/back-off.ts';

export interface UnexplainedRefusalsOptions {
  readonly store: Store;
  readonly log: Log;
  /** Call it in the transaction that sets a message aside. */
  readonly announceSetAside: AnnounceSetAside;
  /** Refusals of one message, over all starts, after which it is set aside. */
  readonly mostRefusals?: number;
}

/** Refusals of a message that do not say what is wrong, nor whether it lasts. */
export interface UnexplainedRefusals {
  /** Milliseconds to wait before trying again; null: the message waits no more. */
  count(message: StoredOutgoing, reason: string): number | null;
  /**
   * Whether others were sent since the first message of this lane was last refused: what refuses it does not refuse
   * everybody. Where it does, all wait, however long.
   */
  othersPass(lane: string): boolean;
  /** A message was sent. */
  notePassed(): void;
  /** The first message of this lane is another now. */
  forget(lane: string): void;
}

/** By the waits between them, five to eight minutes: longer than what is wrong for a moment, and a room waits no longer. */
const refusalsByDefault = 16;

/** What may pass is tried again, but no message holds up its room for ever: the store counts, over restarts. */
export function createUnexplainedRefusals(options: UnexplainedRefusalsOptions): UnexplainedRefusals {
  const { store, log, announceSetAside, mostRefusals = refusalsByDefault } = options;
  let passed = 0;
  const passedBefore = new Map<string, number>();

  /** A reaction says nothing that anybody would miss; anything else is kept for whoever repairs the cause. */
  function setAside({ id, content }: StoredOutgoing, reason: string): void {
    const envoi = log.hash(id);
    if (content.type === 'reaction') {
      log.error('Réaction refusée par le serveur sans raison connue, abandonnée', { envoi, cause: reason });
      store.outgoing.markFailed(id, reason);
      return;
    }
    log.error('Message refusé par le serveur sans raison connue, mis de côté (!echecs)', {
      envoi,
      cause: reason,
    });
    store.transaction(() => {
      store.outgoing.setAside(id, reason);
      announceSetAside(Date.now());
    });
  }

  return {
    count(message, reason) {
      const count = store.outgoing.countRefusal(message.id);
      if (count >= mostRefusals) {
        setAside(message, reason);
        return null;
      }
      log.warn('Envoi refusé sans raison connue, nouvel essai', {
        envoi: log.hash(message.id),
        essai: count,
        cause: reason,
      });
      return backOff(count);
    },
    othersPass(lane) {
      const before = passedBefore.get(lane);
      passedBefore.set(lane, passed);
      return before !== undefined && before < passed;
    },
    notePassed() {
      passed += 1;
    },
    forget(lane) {
      passedBefore.delete(lane);
    },
  };
}
