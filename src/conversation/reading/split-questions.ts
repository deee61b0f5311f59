import { foldText } from '../../text/fold-text.ts';
import { readQuestionForm } from './question-form.ts';

/** Where one question may end and another begin. */
const separator =
  /[?!.;\n+]+\s*|,?\s+(?:et aussi|et sinon|et puis|et également|par ailleurs|autre question)\b[\s,:]*|,?\s+et\s+/iu;
/** « 2 trucs : l'adresse de COMU, et la clé »: what follows is asked, whatever its form. */
const counted = /\b(?:deux|2|trois|3) (?:trucs?|choses?|questions?|points?|infos?|renseignements?)\b/;

/** The questions of a message that holds several; the whole message, alone, when it does not. */
export function splitQuestions(text: string): string[] {
  const listed = counted.test(foldText(text));
  const parts = text
    .split(separator)
    .map((part) => part.replace(/^.*?\b(?:deux|2|trois|3) (?:trucs?|choses?|questions?)[^:]*:/iu, '').trim())
    .filter((part) => /\p{L}{2,}/u.test(part));
  const asking = parts.filter((part) => {
    const folded = foldText(part);
    return (
      readQuestionForm(part, folded).asks || (listed && folded.split(' ').length >= 2) || isNounOf(folded)
    );
  });
  return asking.length >= 2 && parts.length <= 6 ? asking : [text];
}

/** « adresse de COMU », « le numéro d'aide »: a noun alone asks. */
function isNounOf(folded: string): boolean {
  return /^(?:(?:l|la|le|les|et|aussi|une?) )*(?:adresse|url|numero|lien|mot de passe|mdp|identifiant|login|delai|procedure)\b/.test(
    folded,
  );
}
