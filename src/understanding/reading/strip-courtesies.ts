/** Openings and closings of a French message; they say nothing of the question. */
const opening =
  /^(?:(?:re ?)?(?:bonjour|bonsoir|bjr|bsr|salut|slt|coucou|cc|hello|hey|yo|rebonjour)(?: (?:[aà] (?:tous|toutes|vous)|madame|monsieur|messieurs|mesdames|l'[eé]quipe|toute l'[eé]quipe|tout le monde|le support|l'assistant))*|madame|monsieur|mesdames|messieurs|s'il (?:vous|te) pla[iî]t|svp|stp|excusez[- ]moi|pardon|dsl|d[eé]sol[eé]e?)(?=[\s,.!;:?-]|$)[\s,.!;:-]*/;
const closing =
  /[\s,.!;:-]*\b(?:merci(?: (?:beaucoup|bien|infiniment|par avance|d'avance|[aà] vous|[aà] tous|pour (?:votre|l'|ton) ?(?:aide|r[eé]ponse|retour)|de votre (?:aide|r[eé]ponse|retour)))*|cordialement|cdt|cdlt|bien (?:cordialement|[aà] vous)|bonne (?:journ[eé]e|soir[eé]e|fin de journ[eé]e)|s'il (?:vous|te) pla[iî]t|svp|stp|en vous remerciant(?: par avance| d'avance)?|d'avance merci)[\s,.!;:]*$/;
/** Courtesies are looked for this near to the ends only, so that time does not grow with the message. */
const longestCourtesy = 120;
/** With fewer words left, the courtesy was the message. */
const fewestWordsLeft = 2;
const mostCourtesies = 4;

/** The message without the greetings and thanks around it; unchanged when it is nothing else. Takes normalised text. */
export function stripCourtesies(text: string): string {
  let stripped = text;
  for (let i = 0; i < mostCourtesies; i++) {
    const start = stripped.slice(0, longestCourtesy).replace(opening, '') + stripped.slice(longestCourtesy);
    const cut = Math.max(0, start.length - longestCourtesy);
    const shorter = start.slice(0, cut) + start.slice(cut).replace(closing, '');
    if (shorter === stripped) break;
    if ((shorter.match(/[\p{L}\d]{2,}/gu) ?? []).length < fewestWordsLeft) break;
    stripped = shorter;
  }
  return stripped;
}
