import { foldedWords } from '../../text/fold-text.ts';
import { type Draft, type Exchange, paragraphs, reply } from '../exchange.ts';
import { layOutHelpDesk } from './handoff-consent.ts';

// Words that French does not have (folded), so that one French sentence never counts as another language.
const foreignWords: readonly ReadonlySet<string>[] = [
  'the is are my how do does doing can cannot you your i am what where why please not working work to and need from this it have get with when don doesn isn t any there hello hi thanks thank should could would want know tell which who',
  'el los las mi como puedo por para esta necesito ayuda hola donde y mis con no funciona contrasena gracias tengo quiero cuando porque ordenador buenos dias',
  'ich mein meine ist nicht der das wie kann funktioniert bitte hilfe und mit auf wo warum habe hallo danke guten tag passwort ein eine kein zu mich',
  'il mio mia non funziona come posso per favore aiuto ciao grazie che della sono ho dove perche buongiorno computer collegarmi',
  'nao meu minha funciona como posso obrigado ajuda ola onde preciso senha eu voce porque quero',
].map((words) => new Set(words.split(' ')));

const frenchWords = new Set(
  'je tu il elle nous vous ils mon ma mes votre vos notre le la les l un une des du de d au aux est sont suis ai as a pas plus ne n que qu qui quoi comment pour sur dans avec et ou mais ce cette ca c j bonjour merci svp stp quel quelle marche mot passe faire peux puis'.split(
    ' ',
  ),
);

/**
 * Is the text plainly not French? By script, or by the small words of five neighbouring languages.
 * Doubtful texts (too short, mixed, names of tools only) count as French: the matcher then decides.
 */
export function isForeignLanguage(text: string): boolean {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  if (letters >= 3 && latin < letters / 2) return true;
  const words = foldedWords(text).slice(0, 60);
  if (words.length < 2) return false;
  const french = words.filter((word) => frenchWords.has(word)).length;
  const foreign = Math.max(
    ...foreignWords.map(
      (known) => new Set(words.filter((word) => known.has(word) && !frenchWords.has(word))).size,
    ),
  );
  const enough = words.length <= 5 ? 2 : 3;
  return foreign >= enough && foreign > french;
}

export function answerForeignLanguage(exchange: Exchange): Draft {
  return {
    replies: [reply([...paragraphs(exchange.say('francais-seulement')), ...layOutHelpDesk(exchange)])],
    outcome: 'fallback',
    intent: null,
    candidates: [],
    confidence: 0,
  };
}
