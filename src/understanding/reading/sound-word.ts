/**
 * Spelling by ear → one key: "conexion", "connection" and "connexion", or "connecter" and "konekté", sound alike.
 * Rough French phonetics on an accent-folded word, in the order in which the rules must apply.
 */
export function soundWord(word: string): string {
  return word
    .slice(0, longestWord)
    .replace(/ph/g, 'f')
    .replace(/[cs]h/g, '1')
    .replace(/h/g, '')
    .replace(/(?:er|ez|ent|ees?|es|e|ait|ais|ai)$/, '')
    .replace(/[stdpxz]+$/, '')
    .replace(/ction/g, 'xion')
    .replace(/[ts]sion|tion/g, 'sion')
    .replace(/gu(?=[eiy])/g, '2')
    .replace(/g(?=[eiy])/g, 'j')
    .replace(/2/g, 'g')
    .replace(/c(?=[eiy])/g, 's')
    .replace(/qu?|c/g, 'k')
    .replace(/x/g, 'ks')
    .replace(/z/g, 's')
    .replace(/y/g, 'i')
    .replace(/eau|au/g, 'o')
    .replace(/ou/g, '3')
    .replace(/oi/g, '4')
    .replace(/[ae]in|[iu]n(?![aeiou])|[iu]m(?=[pb])/g, '5')
    .replace(/[ae]i/g, 'e')
    .replace(/[ae]n(?![aeioun])|[ae]m(?=[pb])/g, '6')
    .replace(/eu|oe/g, 'e')
    .replace(/(.)\1+/g, '$1');
}

const longestWord = 30;
