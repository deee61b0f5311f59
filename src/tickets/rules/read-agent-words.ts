import { bareEmoji } from '../../text/bare-emoji.ts';
import { foldText } from '../../text/fold-text.ts';

/** While a human holds the ticket, the agent's only words for the bot. */
export function asksForBot(text: string): boolean {
  return foldText(text) === 'stop' || namesBot(text);
}

/** As above, without « stop »: that word also stops a guide, which the bot goes on with until a human holds the ticket. */
export function namesBot(text: string): boolean {
  return /^(?:je (?:veux |voudrais |souhaite )?)?(?:repren(?:dre|ds) (?:avec )?(?:le bot|l assistant)|rev(?:enir|iens|enez) (?:a|vers|avec) (?:l assistant|le bot)|retour a l assistant)(?: svp| s il (?:te|vous) plait| merci)?$/.test(
    foldText(text).replace(/\bau bot\b/, 'a le bot'),
  );
}

/** Said while nobody has claimed the ticket yet. */
export function cancelsTicket(text: string): boolean {
  return /^annule[rz]? (?:la|ma) demande(?: n? ?\d+)?$/.test(foldText(text));
}

/** The answer to "is it solved?", by a reaction or the whole message; null when it is none. */
export function readSatisfaction(said: string): boolean | null {
  const emoji = bareEmoji(said);
  if (emoji === '👍' || emoji === '✅') return true;
  if (emoji === '👎' || emoji === '❌') return false;
  const words = foldText(said);
  if (/^(?:oui|ouais|oui merci|c est resolu|resolu|c est bon|c est regle|ca marche)$/.test(words))
    return true;
  if (
    /^(?:non|non merci|pas resolu|toujours pas|non toujours pas|ca ne marche pas|ca marche pas)$/.test(words)
  ) {
    return false;
  }
  return null;
}
