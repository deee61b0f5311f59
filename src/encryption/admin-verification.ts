import { createHash, randomBytes } from 'node:crypto';
import type { VerificationNotice, Verifications } from './verification.ts';

/** So many wrong codes, and every verification that waits has to begin again: nobody finds one of 16 million by trying. */
const mostWrongCodes = 5;

export interface AdminVerification {
  /** What to write in the administrators' room, and in the log of this machine, which alone carries the code that confirms. */
  describe(notice: VerificationNotice): {
    readonly text: string;
    readonly logLine: string;
  };
  /**
   * SECURITY: call it only for an administrator who wrote from a device that they have signed. That is not enough, hence the
   * code: the homeserver may have put an identity of its own in place of an administrator's whom the bot has never verified,
   * and that identity signs devices too. It cannot read the log. Never rejects.
   */
  confirm(code: string, verifications: Verifications): Promise<void>;
  /**
   * The same for emoji that differ. A refusal has a code of its own: the homeserver may hold back a message that refuses and
   * read the code in it, which must not tell it how to confirm.
   */
  refuse(code: string, verifications: Verifications): Promise<void>;
}

/** Emoji for people to compare, and the command with which they confirm. */
export function createAdminVerification(options: {
  /** How an administrator writes what this module cannot read: the words before the code. */
  readonly words: { readonly confirm: string; readonly refuse: string };
  readonly onOutcome: (line: string) => void;
}): AdminVerification {
  const { words } = options;
  /** The verifications that wait for an answer, by the code that refuses them. */
  const waiting = new Map<string, { readonly notice: VerificationNotice; readonly secret: string }>();
  let wrongCodes = 0;

  function noteWrongCode(code: string): void {
    wrongCodes += 1;
    if (wrongCodes < mostWrongCodes) {
      options.onOutcome(`Aucune vérification n’attend sous le code ${code}.`);
      return;
    }
    wrongCodes = 0;
    waiting.clear();
    options.onOutcome(
      'Trop de codes faux : les vérifications en attente sont abandonnées. Recommencez la vôtre depuis votre client.',
    );
  }

  const confirm = async (code: string, verifications: Verifications): Promise<void> => {
    const [number, found] = [...waiting].find(([, { secret }]) => secret === code) ?? [];
    if (number === undefined || found === undefined) return noteWrongCode(code);
    waiting.delete(number);
    wrongCodes = 0;
    options.onOutcome(
      (await verifications.confirm(found.notice.flowId))
        ? `Vérification ${number} confirmée : votre client affiche maintenant le bot comme vérifié.`
        : `La vérification ${number} n’est plus en cours : recommencez-la depuis votre client.`,
    );
  };

  const refuse = async (code: string, verifications: Verifications): Promise<void> => {
    const [number, found] =
      [...waiting].find(([refusing, { secret }]) => refusing === code || secret === code) ?? [];
    if (number === undefined || found === undefined)
      return options.onOutcome(`Aucune vérification n’attend sous le code ${code}.`);
    waiting.delete(number);
    options.onOutcome(
      (await verifications.cancel(found.notice.flowId))
        ? `Vérification ${number} refusée : les émojis différaient.`
        : `La vérification ${number} n’est plus en cours : recommencez-la depuis votre client.`,
    );
  };

  return {
    describe(notice) {
      const number = createHash('sha256').update(notice.flowId).digest('hex').slice(0, 6);
      const secret = randomBytes(3).toString('hex');
      if (waiting.size > 50) waiting.clear();
      waiting.set(number, { notice, secret });
      const emoji = notice.emoji.map(({ symbol }) => symbol).join('  ');
      const names = notice.emoji.map(({ description }) => description).join(', ');
      const who = notice.isOwnAccount
        ? `pour un autre appareil du compte de l’assistant (${notice.deviceId}) ; si vous ne venez pas vous-même de le connecter, refusez`
        : `par ${notice.userId} (appareil ${notice.deviceId})`;
      const shown = `Vérification demandée ${who}. Émojis : ${emoji} (${names}). S’ils sont identiques sur l’écran de cette personne, un administrateur écrit, depuis un appareil qu’il a vérifié et dans un salon chiffré,`;
      const text = `${shown} « ${words.confirm} » suivi du code que donne le journal de l’assistant, sur sa machine ; sinon « ${words.refuse} ${number} ».`;
      return {
        text,
        logLine: `${shown} « ${words.confirm} ${secret} » ; sinon « ${words.refuse} ${number} ».`,
      };
    },

    confirm: (code, verifications) => withExcuse(confirm(code, verifications)),
    refuse: (code, verifications) => withExcuse(refuse(code, verifications)),
  };

  function withExcuse(work: Promise<void>): Promise<void> {
    return work.catch(() =>
      options.onOutcome('La vérification a échoué : recommencez-la depuis votre client.'),
    );
  }
}
