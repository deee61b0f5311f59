const separator =
  /\?+\s*(?:(?:et|puis|ensuite|aussi|enfin|sinon)\b[\s,:]*)*|\b(?:et aussi|et également|autre question|deuxième question|par ailleurs|et sinon)\b[\s,:]*/iu;

/** The questions of a message that plainly holds several; the whole message, alone, when it does not. */
export function splitQuestions(text: string): string[] {
  const parts = text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => /\p{L}+[^\p{L}]+\p{L}+/u.test(part));
  return parts.length >= 2 && parts.length <= 4 ? parts : [text];
}
