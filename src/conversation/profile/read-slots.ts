import type { Slot } from '../../knowledge/content.ts';
import { foldText } from '../../text/fold-text.ts';

/** What is known of the agent: slot id → value id (intents/profil.yaml). */
export type Profile = Readonly<Record<string, string>>;

/** What one message says of the agent, or of somebody else. */
export interface ToldSlots {
  readonly told: Profile;
  /** Slots of which the known value is denied, and no other given: « ce n'est pas un NOEMI ». */
  readonly withdrawn: readonly string[];
  /** The message names somebody else (a colleague, a husband): what it tells holds for its own answer only. */
  readonly ofSomebodyElse: boolean;
  /** The agent says « j'ai » or « je suis ». */
  readonly asOwn: boolean;
  /** Words that are neither wordings of a value nor small words: few in a message that says nothing else. */
  readonly spareWords: number;
}

/** Words just before a value that deny it: « pas un iphone », « sans noemi ». */
const denials: ReadonlySet<string> = new Set(['pas', 'non', 'ni', 'sans', 'jamais', 'plus']);
/** Those that follow the verb that they deny. */
const ofVerbs: ReadonlySet<string> = new Set(['pas', 'jamais', 'plus']);
/** Verbs, and small words, after which such a one denies what comes next: « c'est pas un NOEMI », « moi pas de SPAN ». */
const ownsOrIs: ReadonlySet<string> = new Set(
  'c cest est suis jsuis chuis etait ai jai g a as ont avons avez sont et mais non nan ou moi donc alors enfin'.split(
    ' ',
  ),
);
/** A denial reaches over « pas [de | la | un | d | sur | mon] … ». */
const reach = 2;
const articles: ReadonlySet<string> = new Set(['un', 'une', 'le', 'la', 'l']);
const what: ReadonlySet<string> = new Set(['quoi', 'koi', 'qu']);
/** « Un SPAN, c'est quoi ? » */
const reachOfWhat = 3;
/** Who says « j'ai » or « je suis » says it of himself, whoever else is named. */
const ownValue =
  /(?:^| )(?:j ai|jai|g|je suis|jsuis|chui|chuis|je bosse|je travaille|moi c est|moi je suis) (?:a la |au |en |un |une |a l |sur un |sur |chez les |dans la )?[\p{L}\p{N}]+/u;
const smallWords: ReadonlySet<string> = new Set(
  'a ah alors au aussi aux bah ben bon bonjour bjr c ca ce celui cest chez coucou d dans de des donc du en est et euh fait hein il ici j jai je jsuis chuis chui la le les ma mais moi mon ms oh ok on ou oui par perso pour pr pro qui re salut slt sur svp stp suis tel telephone travaille bosse ts un une utilise vous voila y yo'.split(
    ' ',
  ),
);

/**
 * The values that a message gives to slots. The longest wording wins (« préfecture de police » is no « préfecture »).
 * A message that names two values of one slot, « iphone ou android ? », gives none, unless it corrects what was
 * `known`: « c'est un Android, l'iPhone est à mon mari ».
 */
export function readSlots(
  text: string,
  slots: readonly Slot[],
  otherPeople: readonly string[] = [],
  known: Profile = {},
): ToldSlots {
  const words = foldText(text).split(' ').filter(Boolean);
  const told: Record<string, string> = {};
  const withdrawn: string[] = [];
  const taken = new Set<number>();
  for (const slot of slots) {
    const { named, denied } = listValues(words, slot, taken);
    const fresh = [...named].filter((value) => value !== known[slot.id]);
    const [only] = named.size === 1 ? named : known[slot.id] === undefined ? [] : fresh;
    if (only !== undefined && (named.size === 1 || fresh.length === 1)) told[slot.id] = only;
    else if (named.size === 0 && denied.has(known[slot.id] ?? '')) withdrawn.push(slot.id);
  }
  const asOwn = ownValue.test(words.join(' '));
  return {
    told,
    withdrawn,
    ofSomebodyElse: otherPeople.some((person) => words.includes(foldText(person))) && !asOwn,
    asOwn,
    spareWords: words.filter((word, index) => !taken.has(index) && !smallWords.has(word)).length,
  };
}

/** The profile once the message has told or denied something. */
export function updateProfile(
  profile: Profile,
  { told, withdrawn }: Pick<ToldSlots, 'told' | 'withdrawn'>,
): Profile {
  const kept = Object.entries(profile).filter(([slot]) => !withdrawn.includes(slot));
  return { ...Object.fromEntries(kept), ...told };
}

/** The values that the words give to a slot, and those that they deny. */
function listValues(
  words: readonly string[],
  slot: Slot,
  used: Set<number>,
): { named: ReadonlySet<string>; denied: ReadonlySet<string> } {
  const taken = new Set<number>();
  const named = new Set<string>();
  const denied = new Set<string>();
  for (const { id, way } of wordingsOf(slot)) {
    for (let start = 0; start + way.length <= words.length; start += 1) {
      if (taken.has(start) || !way.every((word, index) => words[start + index] === word)) continue;
      for (let index = 0; index < way.length; index += 1) {
        taken.add(start + index);
        used.add(start + index);
      }
      if (isDenied(words, start)) denied.add(id);
      else if (!isDefined(words, start, start + way.length)) named.add(id);
    }
  }
  return { named, denied };
}

/** « C'est quoi un SPAN ? », « le SPAN, c'est quoi ? »: who asks what a thing is does not say that it is his. */
function isDefined(words: readonly string[], start: number, end: number): boolean {
  if (!articles.has(words[start] ?? '')) return false;
  // « Un NOEMI qu'on m'a prêté » defines nothing; « un NOEMI, qu'est-ce que c'est ? » asks what it is.
  const asksWhat = (word: string | undefined, next: string | undefined): boolean =>
    what.has(word ?? '') && (word !== 'qu' || next === 'est');
  const after = words.slice(end, end + reachOfWhat);
  return (
    asksWhat(words[start - 1], 'est') || after.some((word, index) => asksWhat(word, words[end + index + 1]))
  );
}

/** Is the value that starts there denied? « Marche pas sur mon NOEMI » denies the verb, and not the machine. */
function isDenied(words: readonly string[], start: number): boolean {
  const first = Math.max(0, start - reach - 1);
  return words.slice(first, start).some((word, index) => {
    const before = words[first + index - 1];
    if (!denials.has(word)) return false;
    return !ofVerbs.has(word) || before === undefined || ownsOrIs.has(before);
  });
}

interface Wording {
  readonly id: string;
  readonly way: readonly string[];
}

const knownWordings = new WeakMap<Slot, readonly Wording[]>();

/** The wordings of a slot's values as folded words, longest first; cut once for a slot. */
function wordingsOf(slot: Slot): readonly Wording[] {
  const known =
    knownWordings.get(slot) ??
    slot.values
      .flatMap(({ id, words }) => words.map((way) => ({ id, way: foldText(way).split(' ') })))
      .sort((a, b) => b.way.length - a.way.length);
  knownWordings.set(slot, known);
  return known;
}
