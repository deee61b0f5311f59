import { foldText } from '../../text/fold-text.ts';
import { readQuestionForm } from './question-form.ts';

/** Where one question may end and another begin; a question mark stays with what it ends. */
const separator =
  /(?<=\?)\s*|[!.;\n+]+\s*|,?\s+(?:et aussi|et sinon|et puis|et en plus|d'autre part|d’autre part|et également|par ailleurs|autre question)\b[\s,:]*|,?\s+et\s+/iu;
const many = '(?:deux|2|trois|3) (?:trucs?|choses?|questions?|points?|infos?|renseignements?)';
/** « 2 trucs : l'adresse de COMU, et la clé »: what follows is asked, whatever its form. */
const counted = new RegExp(`\\b(?:${many}|(?:pour|aux|sur) les deux$)\\b`);
const counting = new RegExp(`^.*?\\b${many}[^:]*:`, 'iu');
const mostParts = 6;

/** The questions of a message that holds several; the whole message, alone, when it does not. */
export function splitQuestions(text: string): string[] {
  const listed = counted.test(foldText(text));
  const parts = text
    .split(separator)
    .map((part) => part.replace(counting, '').trim())
    .filter((part) => /\p{L}{2,}/u.test(part));
  const asking = parts.filter((part) => {
    const folded = foldText(part);
    return (
      readQuestionForm(part, folded).asks || (listed && folded.split(' ').length >= 2) || isNounOf(folded)
    );
  });
  return asking.length >= 2 && parts.length <= mostParts ? nameAgain(asking) : [text];
}

/** « … et celle de Nomade 2 »: the noun that the pronoun stands for, when a part before says it. */
function nameAgain(parts: readonly string[]): string[] {
  let noun: string | null = null;
  return parts.map((part) => {
    noun = namedThing.exec(foldText(part))?.[0] ?? noun;
    return noun === null ? part : part.replace(/^(?:et )?(?:celle|celui)(?= d)/iu, noun);
  });
}

const things =
  'l?adresse|url|numero|num|lien|mot de passe|mdp|l?identifiant|id|login|delai|procedure|format|forme|prefixe|domaine|code|site';
const namedThing = new RegExp(`\\b(?:${things})\\b`);
const nounFirst = new RegExp(
  `^(?:(?:l|la|le|les|et|aussi|une?|mon|ma|mes|son|sa|ses) )*(?:${things}|celle|celui)\\b`,
);

/** « adresse de COMU », « le numéro d'aide », « celle de Nomade 2 », « mon préfixe »: a noun alone asks. */
function isNounOf(folded: string): boolean {
  return nounFirst.test(folded);
}
