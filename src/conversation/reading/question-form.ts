/** How a message is put, whatever it is about. */
export interface QuestionForm {
  /** It asks something: a question mark, an interrogative word, an inversion, a request. */
  readonly asks: boolean;
  /** It asks how to do something. */
  readonly how: boolean;
  /** It asks for one thing: which, how many, where, who, when. */
  readonly which: boolean;
  /** It tells what is or was done, and asks nothing. */
  readonly tells: boolean;
}

const how =
  /\b(?:comm?ent?|cmt|cmmt|comen|procedure|marche a suivre|demarche|manip|mode d emploi|tuto|etapes?|pas a pas|explique\w*|guide\w*|montre\w*|aide\w*)\b/;
const which =
  /\b(?:quel(?:le)?s?|kel(?:le)?s?|lequel|laquelle|lesquel(?:le)?s|laquel|combien|cb|cbien|a qui|c est qui|c qui|c ki|cest qui|qui c est|qui contacter|qui appeler|qui je|l?adresse|l?url|l?identifiant|numero|num|n (?:du|de|des)|delai|lien)\b|^(?:et |mais |sinon |du coup |ok )*(?:ou|qui|quand|quel)\b|\b(?:c est|c|cest|est|et|ca) ou\b|\bou (?:ca|est|c est|je|on|dois|faut|se|sont)\b|\b(?:jusqu a|depuis|pour) quand\b/;
const request =
  /\b(?:quoi|koi|qu est ce|kes?ke|est ce qu\w*|esk|esque|pourquoi|pk|pq|pourkoi|savoir|possible|faut il|peut on|puis je|dois je|ai je|suis je|y a t il|y a til|a t on|sert a|jpeux|jdois|je peux|je dois|on peut|on doit|tu peux|vous pouvez|pouvez vous|peux tu|le droit|ou (?:pas|non)(?: (?:la peine|besoin|alors|en fait)\b|$)|(?:trouve\w*|met\w*|clique\w*|tape\w*|ecri\w*|va|vais|rentre|range|installe\w*|branche\w*|prends|regarde) ou(?: (?:ce|ca|cette|le|la|les|deja|alors|du|exactement)\b|$)|redonne\w*|dis moi|dites moi|donne\w*|besoin d\w*|il (?:me |te |lui |nous )?(?:re)?demande|ca (?:me )?(?:re)?demande|il me faut|il nous faut|je voudrais|je veux|jveux|j aimerais|je cherche|jcherche)\b/;
const telling =
  /^(?:(?:bon|ok|oui|voila|alors|ah|et|mais|euh|ca y est|c est bon|non|nan|donc|du coup|en fait|bah|ben|merci|bonjour|re|coucou|oups|pardon|desole\w*) )*(?:je suis|j ai|jai|je l ai|j etais|g|jsuis|chui|chuis|c est|c etait|c|cest|il est|elle est|elle|il|ca|sa|on m|on est|on a|nous|mon|ma|moi|fait|tout|rien|toujours|tjrs)\b/;

/** A noun alone asks for the thing: « identifiant COMU », « et le mot de passe ». */
const noun =
  /^(?:(?:et|ok|du coup|sinon|donc|pour|juste|bonjour|bjr|slt|salut|l|le|la|les|mon|ma|un|une|son) )*(?:l?adresse|l?url|numero|num|lien|l?identifiant|id|login|mdp|mot de passe|delai|procedure|domaine|code|site|contact)s?(?: (?:de|du|d|des|pour|pr|sur|l|la|le|les|svp|stp|comu|jitsi|tchap|nomade|nomade 2|span|noemi|alors|deja|pour|moi|au|a)\b|$)/;

/** A clause that opens with an interrogative: « plus simple. qui déclare la clé ». */
const opensWithWhich = /[.,;:!?…\n]\s*(?:et |mais |sinon )?(?:qui|quand|quel(?:le)?s?|combien)(?!\p{L})/iu;

/** `written`: the message as it came; `folded`: the same by fold-text.ts. */
export function readQuestionForm(written: string, folded: string): QuestionForm {
  const asksHow = how.test(folded);
  // A phone that writes the accent tells where from or.
  const asksWhich =
    which.test(folded) || /(?<!\p{L})où(?!\p{L})/iu.test(written) || opensWithWhich.test(written);
  const asks = /\?/.test(written) || asksHow || asksWhich || request.test(folded) || noun.test(folded);
  return { asks, how: asksHow, which: asksWhich, tells: !asks && telling.test(folded) };
}
