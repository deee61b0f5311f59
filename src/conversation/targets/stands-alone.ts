import { foldedWords, foldText } from '../../text/fold-text.ts';
import { readQuestionForm } from '../reading/question-form.ts';

const leaning =
  /^(?:et|ou|mais|sinon|ok|donc|aussi|du coup|dans ce cas|c est|c|ca|il|elle|on|quel(?:le)?s?|lequel|laquelle|combien|je mets quoi|apres|la|le|celle|celui)\b/;
const pointing =
  /\b(?:ca|cela|celle|celui|celles|ceux|dessus|dedans|la dessus|y|lui|leur|pareil|aussi|ensuite|apres|deja|encore|du coup|alors|autre|meme)\b/;
/** A message of at most so many words is short; of more than `long`, long. */
export const short = 6;
export const long = 14;
const fewestFirmWords = 9;

/** It opens as what goes on with something does: « et sur Android ? ». */
export function leansOnBefore(folded: string): boolean {
  return leaning.test(folded);
}

/** A question on its own feet: it asks, in more than a few words, and leans on nothing said before. */
export function standsAlone(text: string): boolean {
  const folded = foldText(text);
  return readQuestionForm(text, folded).asks && !leansOnBefore(folded) && foldedWords(text).length > short;
}

/** Nothing of the question points at what was said before: it is read as at the start of a conversation. */
export function standsFirmly(text: string): boolean {
  return standsAlone(text) && foldedWords(text).length >= fewestFirmWords && !pointing.test(foldText(text));
}
