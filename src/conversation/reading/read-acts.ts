import type { DialogueAct } from '../../knowledge/dialogue-acts.ts';
import { bareEmoji } from '../../text/bare-emoji.ts';
import { foldText } from '../../text/fold-text.ts';

/** Acts that plain words say for sure. */
type PlainAct = Extract<
  DialogueAct,
  | 'acknowledged'
  | 'yes'
  | 'no'
  | 'solved'
  | 'not-solved'
  | 'next'
  | 'previous'
  | 'repeat'
  | 'restart'
  | 'not-found'
  | 'resume'
  | 'guide'
  | 'stop'
  | 'other'
  | 'human'
  | 'menu'
  | 'unsure'
>;

const filler =
  /^(?:bonjour|bonsoir|salut|slt|bjr|alors|bon|ben|bah|eh|euh|heu|donc|ah|merci|svp|stp|non merci de)\s+|\s+(?:merci|svp|stp|s il te plait|s il vous plait|beaucoup|bien|mtn|maintenant)$/;

/** Whole messages, folded (fold-text.ts) and without the polite words around. A message may be several acts. */
const phrases: Readonly<Record<PlainAct, RegExp>> = {
  acknowledged:
    /^(?:ok|okay|oki|d accord|dac|dacc|(?:ok |d accord )?je (?:vais )?(?:essaye|essayer|essaie|teste|tester|tente|tenter|regarde|regarder|voir)(?: ca| cela)?|compris|c est note|note|bien recu|entendu)$/,
  yes: /^(?:oui+|ouais?|oue|o|ui|yes|yep|si|ok|okay|oki|d accord|dac|dacc|volontiers|avec plaisir|bien sur|je veux bien|j accepte|c est d accord|absolument|tout a fait|exact|exactement|vas y|allez y|oui oui|oui je veux bien|oui d accord|oui volontiers|ok oui|oui allez y|👍|✅)$/,
  no: /^(?:non+|nan|nn|no|nope|non merci|pas du tout|non pas du tout|pas vraiment|pas la peine|surtout pas|non non|je refuse|non je ne veux pas|👎|❌)$/,
  solved:
    /^(?:(?:oui|ouais|ok|super|cool|parfait|ah)? ?(?:c est|ca y est c est|le probleme est|tout est|c)? ?(?:resolu|regle|repare|bon|ok|nickel|parfait|reparti)|(?:oui |ok |c est bon |ca y est |super |cool |genial |top |nickel |parfait )?(?:ca|tout|cela|il|elle)(?: re| a)? ?(?:re)?(?:marche|fonctionne|refonctionne|marchee?|fonctionne|passe)(?: bien| enfin| nickel| a nouveau| de nouveau| desormais)?|parfait|nickel|super|genial|top|impec|impeccable|ca y est|probleme (?:resolu|regle)|je suis (?:connecte|connectee|reconnecte|reconnectee)|j y suis|oui c est bon|👍|✅)$/,
  'not-solved':
    /^(?:(?:non|nan|mais|bon|ben|et)? ?(?:ca|ca ne|ca n|cela ne|rien ne|il ne|elle ne|sa|toujours|tjrs|tjs)? ?(?:a )?(?:re)?(?:marche|marches|fonctionne|march|va|change|passe|regle|resolu|resout)(?: toujours| tjrs| tjs| absolument| vraiment)? (?:pas|plus|rien|po|pa)(?: du tout| non plus| mieux| quand meme| mon probleme| le probleme)?|(?:non |nan |et |mais )?(?:toujours|tjrs|tjs) (?:pas|rien|pareil|la meme chose|le meme probleme|bloque|bloquee|le meme message|en panne)(?: resolu| mieux| de connexion| du tout)?|(?:non )?(?:ce n est |c est )?(?:pas|non) (?:resolu|regle|mieux)|rien n a change|rien ne change|rien n y fait|rien a faire|meme probleme|le meme probleme|pareil|idem|echec|sans succes|sans resultat|ca a (?:echoue|rate)|ca n a (?:pas marche|rien change|pas fonctionne|rien donne|pas aide)|ca a pas (?:marche|fonctionne|aide)|ca (?:ne )?change rien|(?:le )?probleme (?:persiste|reste|est toujours la)|(?:ca|cela) persiste|j ai (?:deja|tout) (?:essaye|fait|teste)(?: ca| tout ca)?|je n y arrive (?:pas|toujours pas)|j y arrive (?:pas|toujours pas)|(?:non )?pas encore|et si ca (?:ne )?(?:marche|fonctionne|suffit) (?:pas|toujours pas)|et si (?:le probleme|ca) persiste|que faire si (?:ca|cela|le probleme) (?:persiste|ne marche pas)|👎)$/,
  next: /^(?:suivante?|etape suivante|(?:la )?suite|ensuite|next|ok(?:ay)?|oki|d accord|dac|(?:ok |oui |voila )?(?:c est|c|cest|j ai|je l ai)? ?fait|(?:ok |oui )?(?:c est|c|cest) (?:fait|bon|ok)|oui|voila|continuer?|continuez|continuons|vas y|allez y|(?:et )?apres|et ensuite|ok (?:suivante?|la suite|et apres|ensuite)|passer?|passez|👍|✅)$/,
  previous:
    /^(?:precedente?|(?:l )?etape (?:precedente|d avant)|retour|reviens|revenir|revenez|(?:en )?arriere|retour arriere|avant|revenir en arriere|remonter?)$/,
  repeat:
    /^(?:repeter?|repetez|repete (?:l etape|ca)|redis|redites(?: moi)?|encore(?: une fois)?|relis|pardon|(?:je n ai |j ai |je )?pas compris|tu peux repeter|vous pouvez repeter|pouvez vous repeter|rappel|rappelle moi l etape)$/,
  restart:
    /^(?:recommencer?|recommencez|recommencons|(?:depuis|reprendre|revenir|reprends|retour)?(?: depuis| du| au)? ?(?:le )?debut|recommencer du debut|etape 1)$/,
  'not-found':
    /^(?:(?:mais )?(?:je )?(?:n en |ne |n )?(?:le |la |les |l )?(?:trouve|vois|comprends?|ai) (?:toujours |tjrs |vraiment )?(?:pas|rien|plus)(?: ca| cela| le| la| les| l| de| d| du| cette| ce| cet| où| ou| ou c est| ou est)?(?: [\p{L}\p{N}]+){0,5}|introuvable|(?:c est )?ou (?:ca|est ce|est il|est elle|c est|se trouve (?:t il|ca))|ou|j ai pas ca|(?:il n )?y a pas ca|(?:je suis )?(?:bloque|perdu|coince)e?|je (?:ne )?sais pas (?:ou|faire|comment faire)|aucune idee|help)$/u,
  resume:
    /^(?:reprendre|reprends|reprenons|reprenez|on reprend|reprendre le guide|revenir au guide|continuer le guide|le guide)$/,
  guide:
    /^(?:👣|guide|guidage|(?:oui |ok )?(?:en |mode |le )?pas a pas|pas pas|(?:oui |ok )?(?:tu peux me guider|vous pouvez me guider|pouvez vous me guider|guide(?:z)? moi|guider|accompagne(?:z)? moi|aide(?:z)? moi(?: pas a pas)?)|(?:une )?etape par etape|etape apres etape|une etape a la fois)$/,
  stop: /^(?:stop|stoppe|arrete|arreter|arretez|on arrete|annuler?|annulez|quitter?|quittez|laisse tomber|laissez tomber|abandonner|j abandonne|fin|terminer|sortir)$/,
  other:
    /^(?:(?:non )?(?:aucun|aucune)(?: des (?:deux|trois|quatre)| de ces? (?:choix|propositions?|sujets?)| d eux)?|autre|autres|(?:non )?autre chose|rien|rien de tout (?:ca|cela)|ni l un ni l autre|(?:non )?(?:c est |ce n est )?pas (?:ca|cela)(?: du tout)?|autre question|non|nan|non merci|quelque chose d autre|❌)$/,
  human:
    /^(?:(?:un )?humain|(?:un |une )?(?:conseiller|conseillere|operateur|operatrice)|quelqu un|une (?:vraie )?personne|✋)$/,
  menu: /^(?:menu|le menu|aide|help|sommaire|accueil|revenir au menu|retour (?:au )?menu|liste|les? themes?)$/,
  unsure:
    /^(?:je (?:ne )?sais pas(?: trop| du tout)?|j sais pas|jsp|chais pas|aucune idee|les deux|tous les deux|toutes les deux|peu importe|n importe|tout|tous|je ne connais pas|ca depend)$/,
};

/** Emoji survive folding nowhere else: a message of one emoji is read like its reaction. */
const emojiWords: ReadonlyMap<string, string> = new Map([
  ['👍', '👍'],
  ['👎', '👎'],
  ['✅', '✅'],
  ['❌', '❌'],
  ['✋', '✋'],
  ['👣', '👣'],
  ['⏮', 'precedent'],
  ['⏭', 'suivant'],
  ['🔁', 'repete'],
  ['⏹', 'stop'],
]);
/** Emoji by which people thank or are glad; one alone, or several, is a message. */
const glad = /^(?:[🙏😍❤🎉🥳👌💪😊🙂😀😁😃😄👏🫶✌🤝☀🌞🤗😉🥰💖💙🤩🙌💯✨🎊😅😂🤣]|\u200d|\s)+$/u;

/** « 👍👍 » says what « 👍 » says. */
function onlyEmoji(text: string): string {
  return bareEmoji(text).replace(/^(\p{Extended_Pictographic})(?:\s*\1)+$/u, '$1');
}

/** Is the message one emoji that steers? No classifier is asked then. */
export function isSteeringEmoji(text: string): boolean {
  return emojiWords.has(onlyEmoji(text)) || glad.test(bareEmoji(text));
}

/** The acts that a message says in so many words; targets/ weighs them with what is learnt from examples. */
export function readActs(text: string): ReadonlySet<DialogueAct> {
  const spoken = emojiWords.get(onlyEmoji(text)) ?? stripFillers(partPronoun(foldText(text)));
  const acts = new Set<DialogueAct>();
  if (glad.test(bareEmoji(text)) && text.trim() !== '') return new Set(['thanks']);
  // Nothing that steers is that long; the bound keeps the expressions above cheap on any text.
  if (spoken.length > 80) return acts;
  for (const act of Object.keys(phrases) as PlainAct[]) {
    if (phrases[act].test(spoken)) acts.add(act);
  }
  return acts;
}

/** Acts that a clause of the message says in so many words: « active. ensuite », « c'est fait, et après ? ». */
export function readClauseActs(text: string): ReadonlySet<DialogueAct> {
  const clauses = cutClauses(text);
  if (clauses.length < 2 || clauses.length > 12) return new Set();
  return new Set(clauses.flatMap((clause) => [...readActs(clause)]));
}

/** The clauses of a message as punctuation, line breaks and emoji cut it; those without a letter left out. */
export function cutClauses(text: string): string[] {
  return text.split(/[.,;:!?…\n]+|\p{Extended_Pictographic}+/u).filter((clause) => /\p{L}/u.test(clause));
}

/** Does a longer message ask to be guided ("guide-moi pour le Wi-Fi") ? */
export function asksForGuide(text: string): boolean {
  return /\b(?:pas a pas|guide(?:z)? moi|etape par etape|une etape a la fois|me guider|accompagne(?:z)? moi)\b/.test(
    foldText(text),
  );
}

/** « jtrouve », « jsais »: the pronoun that a phone leaves stuck to its verb. */
function partPronoun(folded: string): string {
  return folded.replace(
    /\bj(?=(?:trouve|vois|comprends?|sais|arrive|ai|suis|vais|essaie|essaye|teste|tente|regarde|accepte|refuse|abandonne|veux|peux|connais)\b)/g,
    'je ',
  );
}

function stripFillers(folded: string): string {
  let rest = folded;
  for (let round = 0; round < 3; round++) {
    const shorter = rest.replace(filler, '');
    if (shorter === rest || shorter === '') break;
    rest = shorter;
  }
  return rest;
}
