import { createHash } from 'node:crypto';
import type { RawEvent } from './encryption.ts';
import type { VerificationNotice, Verifications } from './verification.ts';

/** `!verifier 4f2a91` or `!refuser 4f2a91`, from an administrator. */
const COMMAND = /^\s*!(verifier|vérifier|refuser)\s+([0-9a-f]{6})\s*$/iu;

export interface AdminVerification {
  /** What to write in the log and in the administrators' room. */
  describe(notice: VerificationNotice): { readonly text: string; readonly html: string };
  /**
   * Takes an administrator's command; false when the event is none. Only administrators confirm. SECURITY: and only from a
   * device that they have signed, in an encrypted room: anything else the homeserver could have written in their name, and
   * a verification is what protects from the homeserver.
   */
  take(event: RawEvent, fromSignedDevice: boolean, verifications: Verifications): boolean;
}

/** Emoji for people to compare, and the command with which they confirm. */
export function createAdminVerification(options: {
  readonly isAdmin: (userId: string) => boolean;
  readonly onOutcome: (line: string) => void;
}): AdminVerification {
  const waiting = new Map<string, VerificationNotice>();

  const answer = async (command: string, code: string, verifications: Verifications): Promise<void> => {
    const notice = waiting.get(code);
    if (notice === undefined) return options.onOutcome(`Aucune vérification n'attend sous le code ${code}.`);
    waiting.delete(code);
    const confirmed = command !== 'refuser';
    const done = await (confirmed
      ? verifications.confirm(notice.flowId)
      : verifications.cancel(notice.flowId));
    if (!done)
      options.onOutcome(`La vérification ${code} n'est plus en cours : recommencez-la depuis votre client.`);
    else if (confirmed)
      options.onOutcome(
        `Vérification ${code} confirmée : votre client affiche maintenant le bot comme vérifié.`,
      );
    else options.onOutcome(`Vérification ${code} refusée : les émojis différaient.`);
  };

  return {
    describe(notice) {
      const code = createHash('sha256').update(notice.flowId).digest('hex').slice(0, 6);
      if (waiting.size > 50) waiting.clear();
      waiting.set(code, notice);
      const emoji = notice.emoji.map(({ symbol }) => symbol).join('  ');
      const names = notice.emoji.map(({ description }) => description).join(', ');
      const text = `Vérification demandée par ${notice.userId} (appareil ${notice.deviceId}). Émojis : ${emoji} (${names}). S'ils sont identiques sur l'écran de cette personne, un administrateur écrit, depuis un appareil qu'il a vérifié et dans un salon chiffré, « !verifier ${code} » ; sinon « !refuser ${code} ».`;
      return { text, html: escapeHtml(text) };
    },

    take(event, fromSignedDevice, verifications) {
      const body = event.type === 'm.room.message' ? event.content['body'] : undefined;
      const [, command, code] = (typeof body === 'string' ? COMMAND.exec(body) : null) ?? [];
      if (command === undefined || code === undefined || !options.isAdmin(event.sender)) return false;
      if (!fromSignedDevice) {
        options.onOutcome(
          `La commande « !${command} ${code} » n'a pas été suivie : écrivez-la dans un salon chiffré, depuis un appareil que vous avez vérifié.`,
        );
        return true;
      }
      void answer(command.toLowerCase(), code.toLowerCase(), verifications).catch(() =>
        options.onOutcome(`La vérification ${code} a échoué : recommencez-la depuis votre client.`),
      );
      return true;
    },
  };
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
