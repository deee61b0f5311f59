import { actOfSmallTalk, asksSomething, type DialogueAct, fitsAwaited, tellsSlots } from '../reading/acts.ts';
import { type ActTarget, type Evidence, logOf } from './evidence.ts';
import type { Signs } from './gather-signs.ts';
import { long } from './stands-alone.ts';
import { isVague } from './target.ts';

const fits = ({ context }: Signs, { act }: ActTarget): boolean | null =>
  fitsAwaited(act as DialogueAct, context.awaited);
const wonders = ({ act }: ActTarget): boolean => asksSomething.has(act as DialogueAct);
const told = ({ act }: ActTarget): boolean => tellsSlots.has(act as DialogueAct);
const atStep = ({ context, form }: Signs): boolean => context.awaited === 'step' && !form.asks;
const goesOn = ({ act }: ActTarget): boolean => act === 'done' || act === 'next';

/** What all acts share says nothing of which one it is: it is evidence on the kind. */
export const actEvidence: Evidence<ActTarget> = {
  'act: score': ({ acts }, { act }) => logOf(acts.get(act) ?? 0),
  'act: clause score': ({ clauseActs }, { act }) =>
    clauseActs.size === 0 ? 0 : logOf(clauseActs.get(act) ?? 0),
  'act: small talk': ({ intents }, { act }) =>
    Math.max(0, ...[...intents].map(([id, score]) => (actOfSmallTalk(id) === act ? score : 0))),
  'act: phrase': ({ phrases }, { act }) => phrases.has(act as DialogueAct),
  'act: phrase of a clause': ({ clausePhrases }, { act }) => clausePhrases.has(act as DialogueAct),
  'act: fits what is awaited': (signs, target) => fits(signs, target) === true,
  'act: does not fit': (signs, target) => fits(signs, target) === false,
  'act: of what is awaited, told': (signs, target) => fits(signs, target) === true && !signs.form.asks,
  'act: statement, of what is asked': ({ form }, target) => !wonders(target) && form.asks,
  'act: statement, of what is told': ({ form }, target) => !wonders(target) && form.tells,
  'act: question, of what is asked': ({ form }, target) => wonders(target) && form.asks,
  'act: question, of what is told': ({ form }, target) => wonders(target) && form.tells,
  'act: tells a slot': (signs, target) => told(target) && signs.told && !signs.form.asks,
  'act: tells slots and nothing else': ({ toldOnly }, target) => told(target) && toldOnly,
  'act: tells something else than slots': ({ toldOnly }, target) => !told(target) && toldOnly,
  'act: tells no slot': (signs, { act }) => act === 'tells-profile' && !signs.told,
  'act: done, told at a step': (signs, target) => atStep(signs) && goesOn(target),
  'act: other, told at a step': (signs, target) => atStep(signs) && !goesOn(target),
  'act: names a tool': ({ named }, { act }) => named.size > 0 && !isVague(act),
  'act: vague': (_, { act }) => isVague(act),
  'act: vague, after a fiche': ({ last }, { act }) => isVague(act) && last !== null,
  'act: vague, long message': ({ length }, { act }) => isVague(act) && length > long,
};

export const actPrior: Readonly<Record<string, number>> = {
  'act: score': 1,
  'act: phrase': 1.5,
  'act: phrase of a clause': 1.5,
  'act: fits what is awaited': 1.5,
  'act: does not fit': -1,
};
