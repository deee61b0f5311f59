import type { Fiche } from '../../knowledge/content.ts';
import {
  bullets,
  type Draft,
  type Exchange,
  heading,
  knownFiche,
  note,
  nothing,
  paragraphs,
  reply,
} from '../exchange.ts';
import type { PendingOf } from '../memory.ts';
import { answerFiche } from './answer-fiche.ts';
import { offerHuman } from './handoff-consent.ts';
import { pickChoice } from './pick-choice.ts';

/** Last entry of the first level. */
const humanEntry = 'parler-a-un-humain';

/** What the bot can do, by theme; each entry can be picked. */
export function showThemes(exchange: Exchange): Draft {
  const { say, content, situation } = exchange;
  const themes = [...content.sentences.themes].filter(([theme]) => fichesOf(exchange, theme).length > 0);
  const titles = themes.map(([, title]) => title);
  if (!situation.interactive) {
    return {
      replies: [reply([...paragraphs(say('capacites')), ...bullets(titles)])],
      outcome: 'smalltalk',
      fiche: null,
    };
  }
  return {
    replies: [
      reply([
        ...paragraphs(say('capacites')),
        { type: 'choices', items: [...titles, say('choix-conseiller')] },
        note(say('menu-choisir-theme')),
      ]),
    ],
    outcome: 'smalltalk',
    fiche: null,
    remember: {
      pending: { kind: 'menu', theme: null, entries: [...themes.map(([theme]) => theme), humanEntry] },
    },
  };
}

/** One message while the menu is open. Null: it picks nothing. */
export function answerMenu(exchange: Exchange, menu: PendingOf<'menu'>): Draft | null {
  const { acts, content, say } = exchange;
  if (acts.has('previous') || acts.has('menu')) return showThemes(exchange);
  if (acts.has('stop') || acts.has('other')) {
    return {
      replies: [reply(paragraphs(say('menu-ferme')))],
      outcome: 'smalltalk',
      fiche: null,
      remember: { pending: nothing },
    };
  }
  const labelOf = (entry: string): string => {
    if (entry === humanEntry) return say('choix-conseiller');
    if (menu.theme === null) return content.sentences.themes.get(entry) ?? '';
    return knownFiche(content, entry)?.question ?? '';
  };
  const picked = pickChoice(
    exchange,
    menu.entries.map((entry) => ({ id: entry, label: labelOf(entry) })),
  );
  const entry = picked === null ? undefined : menu.entries[picked];
  if (entry === undefined) return null;
  if (entry === humanEntry) return offerHuman(exchange, { step: null, lead: null });
  return menu.theme === null ? showTheme(exchange, entry) : pickFiche(exchange, knownFiche(content, entry));
}

function showTheme(exchange: Exchange, theme: string): Draft | null {
  const fiches = fichesOf(exchange, theme);
  const [only] = fiches;
  if (only === undefined) return null;
  if (fiches.length === 1) return pickFiche(exchange, only);
  return {
    replies: [
      reply([
        heading(exchange.content.sentences.themes.get(theme) ?? theme),
        { type: 'choices', items: fiches.map((fiche) => fiche.question) },
        note(exchange.say('menu-choisir-question')),
      ]),
    ],
    outcome: 'smalltalk',
    fiche: null,
    remember: { pending: { kind: 'menu', theme, entries: fiches.map((fiche) => fiche.id) } },
  };
}

function pickFiche(exchange: Exchange, fiche: Fiche | null): Draft | null {
  return fiche === null ? null : { ...answerFiche(exchange, fiche), confidence: 1 };
}

function fichesOf({ content }: Exchange, theme: string): Fiche[] {
  return [...content.fiches.values()].filter((fiche) => fiche.theme === theme).slice(0, 20);
}
