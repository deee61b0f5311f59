import AggressiveTokenizerFr from 'natural/lib/natural/tokenizers/aggressive_tokenizer_fr.js';

const tokenizer = new AggressiveTokenizerFr();

/** Words of a normalised text, accents kept; elided articles and pronouns stand alone ("l", "accès"), hyphens part words. */
export function splitWords(text: string): string[] {
  return tokenizer.tokenize(text.replaceAll('-', ' ')).filter((word) => word !== '');
}
