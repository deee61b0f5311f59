import { foldText } from '../../text/fold-text.ts';
import { type Draft, type Exchange, paragraphs, reply } from '../exchange.ts';
import { layOutHelpDesk } from './handoff-consent.ts';

const insult =
  /\b(?:con|connard|connasse|conne|cons|abruti|abrutie|debile|cretin|cretine|idiot|idiote|imbecile|stupide|nul a chier|(?:t|tu|vous|c)(?: est?| etes)?(?: vraiment| trop| tellement| qu un| un)? (?:nul|nulle|nuls|mauvais|bete)|bot de merde|de merde|merde|encule|salope|salopard|putain|ptn|fdp|ntm|fils de pute|ta gueule|ferme la|va te faire|va chier|casse toi|degage|tu sers a rien|tu ne sers a rien|inutile|ordure|bouffon|tocard|incompetents?)\b/;

/** Rude words, at the bot or at the trouble. Nothing hangs on it but a calm sentence, said once. */
function isInsult(text: string): boolean {
  return insult.test(foldText(text.slice(0, 1_000)));
}

/** A calm answer, once in a conversation; null when there is a question to answer, or when it was said already. */
export function answerInsult(exchange: Exchange): Draft | null {
  if (!isInsult(exchange.text) || exchange.memory.insulted) return null;
  if (asksSomething(exchange)) return null;
  return {
    replies: [reply([...paragraphs(exchange.say('insulte')), ...layOutHelpDesk(exchange)])],
    outcome: 'smalltalk',
    intent: null,
    remember: { insulted: true },
  };
}

/** Short insults are near small talk ("t'es nul", "t'es qui"): only a fiche or a human is a question behind the anger. */
function asksSomething(exchange: Exchange): boolean {
  const { decision, candidates } = exchange.understand(exchange.text);
  const intent = candidates[0]?.id ?? '';
  return decision === 'answer' && (exchange.content.fiches.has(intent) || intent === 'parler-a-un-humain');
}
