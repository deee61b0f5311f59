/** A letter of three pages fits; what comes after is not read, so that time is bounded whatever is pasted. */
const longestMessage = 6000;

/** Lines by which a mail client or a person closes a message; they and what follows are not the question. */
const signature =
  /^(?:-- ?$|_{3,}|envoy[eé] (?:de|depuis) |sent from |t[eé]l[eé]chargez? outlook|-{2,} ?(?:message|courriel|original|forwarded))/i;
/** "Le 12 mars 2026 à 10:02, X a écrit :" announces a quoted mail. */
const quoteIntroduction = /^(?:le |on ).{4,80}(?:a [eé]crit|wrote) ?:?\s*$/i;

/**
 * Raw message → one clean, lower-case line per line of the message: quotes and signatures cut, apostrophes and
 * spaces made uniform, invisible characters and emoji removed, "helpppp" shortened. Accents are kept (the stemmer
 * needs them). Every regular expression is linear in the text.
 */
export function normalise(raw: string): string {
  return clean(raw, withoutQuotes);
}

/**
 * The same with what is quoted in it: who writes « > le VPN est bleu », then « je lui dis quoi ? », asks about what is
 * quoted. Null when nothing is, or a client put it there for a reply (« > <@agent:…> »).
 */
export function normaliseQuoting(raw: string): string | null {
  if (!/^[^\S\n]*>(?! <)/m.test(raw) || /^\s*> </.test(raw)) return null;
  const normalised = clean(raw, (text) => {
    const lines = text.trim().split(/\r\n?|\n/);
    const unquoted = lines.map((line) => line.trim().replace(/^>[> ]*/, ''));
    // What a person quotes is read; the signature and the mail below it still are not.
    return withoutQuotes(unquoted.join('\n'));
  });
  return normalised === '' ? null : normalised;
}

function clean(raw: string, cut: (text: string) => string): string {
  const text = raw
    .slice(0, longestMessage)
    .normalize('NFKC')
    .slice(0, longestMessage)
    .replace(/[\p{Cc}--[\n\r\t]]|[\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Variation_Selector}]/gv, '')
    .replace(/\p{M}{2,}/gu, '');
  return cut(text)
    .toLowerCase()
    .replace(/[’‘ʼ´`′‛]/g, "'")
    .replace(/[«»“”"]/g, ' ')
    .replaceAll('œ', 'oe')
    .replaceAll('æ', 'ae')
    .replace(/\p{Extended_Pictographic}/gu, ' ')
    .replace(/\b(?:a|à) ?\+(?!\d)/g, 'à plus')
    .replace(/(\p{L})\1{2,}/gu, '$1')
    .replace(/[^\S\n]+/g, ' ')
    .trim();
}

/** Cuts quoted lines, what a mail client quotes and signatures; when nothing else is left, the text stays whole. */
function withoutQuotes(text: string): string {
  const kept: string[] = [];
  for (const line of text.split(/\r\n?|\n/)) {
    const trimmed = line.trim();
    if (trimmed.startsWith('>')) continue;
    if (kept.length > 0 && (signature.test(trimmed) || quoteIntroduction.test(trimmed))) break;
    kept.push(trimmed);
  }
  return kept.some((line) => line !== '') ? kept.join('\n') : text;
}
