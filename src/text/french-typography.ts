const thin = '\u202f';
const nbsp = '\u00a0';

/**
 * What is copied or typed as it stands: code between backticks, addresses (internet, mail, Matrix), `!commands`, paths,
 * names of files. It is taken out while the rules run: a path ending in a colon is no sentence ending in one.
 */
const untouchable = new RegExp(
  [
    '`[^`\\n]+`',
    '[a-z][a-z+.-]*:\\/\\/[^\\s<>"«»“”]+',
    '(?<![^\\s<>"«»“”,;()])[^\\s<>"«»“”,;()]*@[\\p{L}\\p{N}._:-]*[\\p{L}\\p{N}]',
    '(?<![\\p{L}\\p{N}!])!\\p{L}[\\p{L}\\p{N}-]*',
    '(?<![\\p{L}\\p{N}])[a-z]:\\\\[^\\s»”]*',
    '\\\\\\\\[^\\s»”]+',
    '(?<![\\p{L}\\p{N}_.-])[\\p{L}\\p{N}_.-]+\\.(?:pdf|docx?|xlsx?|pptx?|odt|ods|txt|csv|zip|png|jpe?g|gif|mp4|p12|pem|crt|cer|exe|msi|ya?ml|json|ts|js|html?)(?![\\p{L}\\p{N}])',
    '\\ue000',
  ].join('|'),
  'giu',
);

const unit =
  '(?:min|h|s|ms|j|k?m|cm|mm|k?g|[kMGT][ob]|[kMG]bit\\/s|%|€|°C|secondes?|minutes?|heures?|jours?|semaines?|mois|ans?|fois)';
const month = '(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)';
/** Words whose number is never left alone at the start of a line. */
const counted = '(?:étapes?|pages?|version|fiche|demande|choix|étage|bureau|article|phases?)';

/** Each is idempotent, and reads any space where it writes a given one. `\ue000` stands for what was taken out. */
const rules: readonly (readonly [RegExp, string | ((match: string, ...groups: string[]) => string)])[] = [
  [/(?<!\.)\.{3}(?!\.)/g, '…'],
  [/(?<=[\p{L}\p{N}])'(?=[\p{L}\p{N}«"“*\ue000])/gu, '’'],
  // Quotes inside « » stay as they are: French puts “ ” there.
  [
    /«[^«»\n]*»|“([^“”«»\n]+)”|(?<=^|[\s(’*«])"(?=\S)([^"«»\n]*[\p{L}\p{N}\ue000][^"«»\n]*)(?<=\S)"(?![\p{L}\p{N}])/gmu,
    (match, curly, straight) => (match.startsWith('«') ? match : `« ${(curly ?? straight ?? '').trim()} »`),
  ],
  [/«[^\S\n]*(?=\S)/g, `«${thin}`],
  [/(?<=\S)[^\S\n]*»/g, `${thin}»`],
  // Where a space was put, it is one that holds; where none was, only the end of a word shows that this is punctuation.
  [/(?<=[\p{L}\p{N}\ue000)\]*’%€°…»\p{Emoji_Presentation}])[^\S\n]+(?=[;!?]+(?:[\s*)»,.]|$))/gmu, thin],
  [/(?<=[\p{L}\ue000)»]\**)(?=(?:;|[!?]+)(?:[\s*)»]|$))/gmu, thin],
  [/(?<=[\p{L}\p{N}\ue000)\]*’%€°…»])[^\S\n]+(?=:(?:[\s*)»]|$))/gmu, nbsp],
  // Two letters at least: "C:" is a drive.
  [/(?<=(?:\p{L}{2}|[\ue000)»])\**)(?=:(?:\*\*)?(?:\s|$))/gmu, nbsp],
  [
    /(?<![\p{N}+][ \u00a0\u202f.,-]?)0[1-9](?:[ \u00a0\u202f.-]?\d\d){4}(?![ \u00a0\u202f.,-]?\p{N})/gu,
    (match) => inPairs(match.replace(/\D/g, '')),
  ],
  [
    /(?<!\p{N}[ \u00a0\u202f.,-]?)\+33[^\S\n]?[1-9](?:[ \u00a0\u202f.-]?\d\d){4}(?![ \u00a0\u202f.,-]?\p{N})/gu,
    (match) => formatAbroad(match),
  ],
  [
    /(?<!\p{N}[^\S\n]?|\p{N}[.,-])\d{1,3}(?:[^\S\n]\d{3})+(?![^\S\n]?\d)/gu,
    (match) => match.replace(/\s/g, thin),
  ],
  [new RegExp(`(?<=\\d\\**)[^\\S\\n]+(?=${unit}(?![\\p{L}\\p{N}]))`, 'gu'), nbsp],
  [/(?<=\d\u00a0h)[^\S\n]+(?=\d\d(?!\d))/g, nbsp],
  [/(?<=(?<!\p{L})[nN]°)[^\S\n]*(?=\**\d)/gu, nbsp],
  [new RegExp(`(?<=\\d(?:er)?)[^\\S\\n]+(?=${month}(?!\\p{L}))`, 'gu'), nbsp],
  [new RegExp(`(?<=(?<!\\p{L})${counted})[^\\S\\n]+(?=\\**\\d)`, 'giu'), nbsp],
];

/** Nothing to set right is the usual case of a short text; the rules are then not tried one by one. */
const maySet = /["'«»“:;!?\d]|\.{3}/;

/**
 * A French text as it is set: U+202F before ; ! ? and inside « », U+00A0 before :, ’ for ', « » for straight quotes, … for
 * three dots, numbers and their units unbroken, phone numbers in pairs. Letters and digits are never changed, nor is what
 * an agent copies or types (code, addresses, commands, paths, files). The marks of content.ts (`**bold**`) are kept.
 *
 * frenchTypography('Appelez le 01-40-07-2000 : "hotline" !') === 'Appelez le 01 40 07 20 00 : « hotline » !'
 */
export function frenchTypography(text: string): string {
  if (!maySet.test(text)) return text;
  const kept: string[] = [];
  let set = text.replace(untouchable, (match) => {
    // The stop that ends the sentence is not the address's.
    const end = match.startsWith('`') ? '' : (/[.,;:!?…]+$/.exec(match)?.[0] ?? '');
    const own = match.slice(0, match.length - end.length);
    if (own === '') return match;
    kept.push(own);
    return `\ue000${end}`;
  });
  for (const [pattern, replacement] of rules) {
    set =
      typeof replacement === 'string' ? set.replace(pattern, replacement) : set.replace(pattern, replacement);
  }
  let next = 0;
  return kept.length === 0 ? set : set.replace(/\ue000/g, () => kept[next++] ?? '');
}

/** "0140072000" → "01 40 07 20 00", which no line end breaks. */
function inPairs(digits: string): string {
  return digits.replace(/(?!^)(?=(?:\d\d)+$)/g, nbsp);
}

function formatAbroad(number: string): string {
  const digits = number.replace(/\D/g, '').slice(2);
  return `+33${nbsp}${digits.charAt(0)}${nbsp}${inPairs(digits.slice(1))}`;
}
