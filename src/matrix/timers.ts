import { describeError, type Log } from '../operations/log.ts';

export interface TimersOptions {
  readonly log: Log;
  /** Milliseconds after which a message that stays unreadable is answered with a sentence. */
  readonly unreadableNotice: number;
  readonly eraseOldData: () => void;
  readonly warnOfExpiry: () => void;
  readonly finishErasures: () => void;
  readonly passTime: () => void;
  readonly tellUnreadable: (olderThan: number) => void;
}

/**
 * What the bot does by the clock: erasing old data now and every hour, what an erasure leaves to be done, warning of the
 * account's expiry, the desk's reminders, answers to what could not
 * be decrypted. An exception in a timer would end the process: it is logged, and the next tick tries again.
 */
export function startTimers(options: TimersOptions): { stop(): void } {
  const { log, unreadableNotice } = options;

  const safely = (failure: string, work: () => void) => (): void => {
    try {
      work();
    } catch (error) {
      log.error(failure, { cause: describeError(error) });
    }
  };
  const eraseOldData = safely('Effacement des données anciennes : échec, nouvel essai', options.eraseOldData);
  const warnOfExpiry = safely('Date d’expiration du compte : échec, nouvel essai', options.warnOfExpiry);
  const finishErasures = safely('Effacement à finir : échec, nouvel essai', options.finishErasures);
  const passTime = safely('Demandes aux conseillers : échec, nouvel essai', options.passTime);
  const tellUnreadable = safely('Réponses aux messages illisibles : échec, nouvel essai', () =>
    options.tellUnreadable(unreadableNotice),
  );

  eraseOldData();
  finishErasures();
  const timers = [
    setInterval(eraseOldData, 3_600_000),
    setInterval(warnOfExpiry, 10_000),
    setInterval(finishErasures, 5_000),
    setInterval(passTime, 5_000),
    setInterval(tellUnreadable, Math.min(unreadableNotice, 10_000)),
  ];
  return {
    stop() {
      for (const timer of timers) clearInterval(timer);
    },
  };
}
