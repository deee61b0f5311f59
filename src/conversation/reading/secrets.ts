/** What stands in for a secret in the text that goes on to the matcher. */
const secretMask = '…';

export interface SecretSearch {
  /** The text with each secret masked; the text itself when there is none. */
  readonly masked: string;
  /** The text without the sentences that gave the secrets: what may still be a question. */
  readonly rest: string;
  readonly found: boolean;
}

// A BitLocker recovery key is 8 groups of 6 digits; half a key, any separators and none are taken too.
const recoveryKey = /(?<!\d)(?:\d{6}[^\p{L}\d]{0,4}){3,7}\d{6}(?!\d)/gu;
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*/g;
const accessToken = /\b(?:syt|mct|mat)_[A-Za-z0-9_=-]{10,}/g;

const pin =
  /\b(?:code|pin|chiffres?)\b[^\d\n.!?]{0,40}?(?<![\d/+-])(\d(?:[ .-]?\d){3,7})(?![\d%])(?!\s?(?:go|mo|h|jours?|ans?|fois|fiches?|minutes?|caracteres?)\b)/giu;
const pinContext =
  /\bpin\b|code (?:secret|confidentiel|carte|de (?:la|ma) carte|de ma carte agent|d[ée]verrouillage)/iu;

/** What a secret is called, with "mon", "ma" or "voici" before it when it is the person's own. */
const named =
  /(\b(?:mon|ma|mes|notre|voici(?:\s{1,3}(?:mon|le|ma))?)\s{1,3})?(?:mot\s{0,2}-?\s{0,2}de\s{0,2}-?\s{0,2}passe|\bmdp\b|\bpassword\b|\bpasse\s?phrase\b|\bpwd\b|\bpasswd\b|\bcode\s{1,3}(?:cryhod|wifi|wi-fi|d['’]acc[eè]s|de\s{1,3}r[ée]cup[ée]ration)|\bcl[ée]\s{1,3}(?:wifi|wi-fi|wpa|de\s{1,3}s[ée]curit[ée]|de\s{1,3}r[ée]cup[ée]ration|bitlocker|de\s{1,3}(?:ma|la)\s{1,3}box))/giu;
/** What joins the name to the value. */
const link = /^(?:est|c['’]?est|c|s['’]est|sera|serait|[ée]tait|:|=|->|→|:=)$/iu;
/** Nobody names so many passwords in a message; hostile texts do. */
const namesRead = 100;
/** Words after the name among which the value is looked for. */
const reach = 9;
const reversed =
  /(?:^|[\s,;:])(\S{4,128})\s{1,3}(?:est|c['’]est|comme)\s{1,3}(?:mon\s{1,3}|le\s{1,3})?(?:mot de passe|mdp)\b(?!\s*\?)/giu;

/** Words that follow "mon mot de passe est" without being one. */
const ordinaryWord =
  /(?:[éèê]e?s?|ée?s|eux|euse|able|ible|ant|ale?s?|ects?|ecte|ides?|aux|oqu\w*|usé|tion|ment)$|^(?:pas|plus|bien|trop|tres|très|toujours|encore|deja|déjà|jamais|le|la|les|un|une|mon|ma|celui|celle|ce|cela|dans|de|du|des|en|sur|pour|par|avec|faux|fausse|bon|bonne|mauvais|mauvaise|ok|mort|perdu|perdue|inconnu|inconnue|nul|vide|court|long|différent|comment|combien|quoi|quel|quelle|ou|où|que|qui|quand|pourquoi|aide|help|svp|stp|merci|urgent|impossible|possible|expire|expiree|refuse|refusee|bloque|bloquee|oublie|oubliee|change|changee|perime|perimee|errone|erronee|marche|fonctionne|windows|noemi|nomade|tchap|comu|span|session|intranet|icasso|cryhod|bitlocker|wifi|hs|ko|j|je|il|on|et|mais|car|si|a|à|au|aux|compte|identique|strict|secret|obligatoire|cassé|mien|même|meme|lequel|requis|demandé|demande|celui-ci|celui-là|probleme|problème|question|besoin|svp\W*|suite|accepte|reconnu|reconnue|valide|invalide|temporaire|provisoire|initial|nouveau|ancien)$/iu;

/** Names with a digit that are no secret. */
const notASecret =
  /^(?:nomade[\s-]?2|p12|pk12|windows[\s-]?\d*|w1[01]|win\d*|bitlocker|v\d|j[+-]\d|[345]g|wpa\d?|span\s?v?2?|https?:\/\/.*|\d{1,2}h\d*|\d{1,3}|n°\d+|.*@.*\..*|\(?\p{L}\/\p{L}\)?)$/iu;

/** Looks for passwords, recovery keys, PINs and tokens that somebody wrote in a message. */
export function searchSecrets(text: string): SecretSearch {
  const spans: Span[] = [];
  for (const pattern of [recoveryKey, privateKey, accessToken]) {
    for (const match of text.matchAll(pattern)) spans.push(spanOf(match, match[0]));
  }
  if (pinContext.test(text)) {
    for (const match of text.matchAll(pin)) if (match[1] !== undefined) spans.push(spanOf(match, match[1]));
  }
  for (const match of [...text.matchAll(named)].slice(0, namesRead)) spans.push(...valueAfter(text, match));
  for (const match of text.matchAll(reversed)) {
    if (match[1] !== undefined && isStrong(match[1])) spans.push(spanOf(match, match[1]));
  }
  if (spans.length === 0) return { masked: text, rest: text, found: false };
  return {
    masked: cut(
      text,
      spans.map(({ from, to }) => ({ from, to })),
      secretMask,
    ),
    rest: cut(
      text,
      spans.map(({ start, to }) => ({ from: start, to })),
      ' ',
    ),
    found: true,
  };
}

interface Span {
  /** Where the sentence that gives the secret begins. */
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

function spanOf(match: RegExpExecArray, value: string): Span {
  const from = match.index + match[0].lastIndexOf(value);
  return { start: match.index, from, to: from + value.length };
}

/** The value that follows the name of a secret: "mon mot de passe est soleil", "mdp:Soleil2024", "le mdp du Wi-Fi c'est…". */
function valueAfter(text: string, name: RegExpExecArray): Span[] {
  const mine = name[1] !== undefined;
  const after = name.index + name[0].length;
  // A sign stuck to a word is a word of its own here.
  const words = [
    ...text
      .slice(after, after + 200)
      .matchAll(
        /«[^»\n]{1,80}»|"[^"\n]{1,80}"|“[^”\n]{1,80}”|->|→|[:=]+(?=\s|\S)|[^\s:=«"“][^\s]*?(?=:\s|\s|$)/gu,
      ),
  ];
  let linked: 'sign' | 'verb' | null = null;
  for (const [place, word] of words.slice(0, reach).entries()) {
    const value = word[0];
    const span = { start: name.index, from: after + word.index, to: after + word.index + value.length };
    if (link.test(value)) {
      linked = /\p{L}/u.test(value) ? 'verb' : 'sign';
      continue;
    }
    const first = place === 0 || (linked !== null && link.test(words[place - 1]?.[0] ?? ''));
    if (/^[«"“]/u.test(value)) return linked === null ? [] : [span];
    if (isStrong(value) && (linked !== null || mine || first)) return [span];
    if (first && linked !== null && (mine || linked === 'sign') && isPlainSecret(value)) return [span];
    if (/[.?!]$/u.test(value)) return [];
  }
  return [];
}

/** A plain word is a password only right where somebody gives it: "mon mot de passe est soleil", "mdp : soleil". */
function isPlainSecret(value: string): boolean {
  const bare = value.replace(/[,;.!?)…]+$/u, '');
  return (
    bare.length >= 4 && /^[\p{L}\p{N}_.-]+$/u.test(bare) && !ordinaryWord.test(bare) && !notASecret.test(bare)
  );
}

/** Letters with digits or signs inside, or four digits and more. */
function isStrong(value: string): boolean {
  const bare = value.replace(/[,;.!?)…]+$/u, '');
  if (bare.length < 4 || notASecret.test(bare)) return false;
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\d/, /[!@#$%^&*_+=?§£€<>{}[\]|~]/u].filter((kind) =>
    kind.test(bare),
  ).length;
  return (
    (/\d/.test(bare) && kinds >= 2) ||
    /^\d{4,}$/.test(bare) ||
    (/[@#$%^&*_+=§£€{}|~!?]/u.test(bare) && kinds >= 2)
  );
}

function cut(text: string, spans: readonly { from: number; to: number }[], filler: string): string {
  let kept = '';
  let end = 0;
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    if (from >= end) kept += text.slice(end, from) + filler;
    end = Math.max(end, to);
  }
  return (kept + text.slice(end)).trim();
}
