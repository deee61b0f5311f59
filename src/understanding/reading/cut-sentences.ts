/** Shorter pieces ("Mme.", "svp ?") go with what follows. */
const fewestWords = 3;

/** Sentences of a normalised message. A dot inside an address, a number or a date does not end one. */
export function cutSentences(text: string): string[] {
  const sentences: string[] = [];
  let pending = '';
  for (const piece of text.split(/\n+|(?<=[.!?;…])\s+/)) {
    const sentence = pending === '' ? piece.trim() : `${pending} ${piece.trim()}`;
    if (sentence.split(' ').length < fewestWords) pending = sentence;
    else {
      sentences.push(sentence);
      pending = '';
    }
  }
  if (pending !== '') sentences.push(pending);
  return sentences.filter((sentence) => sentence !== '');
}
