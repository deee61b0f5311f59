import type { Complaint, Problem } from '../problem.ts';
import type { ContentFiles } from '../reading/content-files.ts';
import { questionsOfIntent } from '../reading/questions-of-intent.ts';
import { fewestQuestions } from './check-pairs.ts';
import { findFactsAskedElsewhere } from './find-facts-asked-elsewhere.ts';
import { findNearDuplicates } from './find-near-duplicates.ts';
import { findSharedTriggers } from './find-shared-triggers.ts';
import { findTwoSpellings } from './find-two-spellings.ts';
import { listShownTexts } from './list-shown-texts.ts';

/** Below this the matcher answers, but more questions make it better. */
export const advisedQuestions = 25;

/**
 * What is not wrong but deserves a look: shown by `npm run check`, never stops the bot.
 *
 * @param today ISO date
 */
export function lintContent(files: ContentFiles, today: string): Problem[] {
  return [
    ...lintQuestionCounts(files),
    ...lintDates(files, today),
    ...lintLinks(files),
    ...lintMarks(files),
    ...findNearDuplicates(files),
    ...findFactsAskedElsewhere(files),
    ...findSharedTriggers(files),
    ...findTwoSpellings(files),
  ];
}

/** Those of one fiche that take a few milliseconds, for who types; likeness between questions takes seconds. */
export function lintFiche(files: ContentFiles, id: string, today: string): Problem[] {
  const only = <T>(map: ReadonlyMap<string, T>): Map<string, T> =>
    new Map([...map].filter(([name]) => name === id));
  const own = { ...files, fiches: only(files.fiches), intents: only(files.intents), messages: null };
  return [...lintQuestionCounts(own), ...lintDates(own, today), ...lintLinks(own), ...lintMarks(own)];
}

function lintQuestionCounts({ intents, fiches }: ContentFiles): Problem[] {
  return [...intents].flatMap(([id, shaped]) => {
    const count = shaped ? questionsOfIntent(shaped.value).length : advisedQuestions;
    // Fewer than `fewestQuestions` is an error, which checkPairs tells.
    if (!shaped || !fiches.has(id) || count < fewestQuestions || count >= advisedQuestions) return [];
    return [
      shaped.file.problemAt(['questions'], {
        severity: 'warning',
        code: 'few-questions',
        message: `${count} questions pour cette fiche`,
        remedy: `L’assistant la reconnaît mieux à partir de ${advisedQuestions} : ajoutez des tournures courtes, polies, en SMS, avec des fautes (npm run questions en propose).`,
      }),
    ];
  });
}

/** Fiches whose date of review has passed (`review-overdue`), or whose two dates contradict each other. */
export function lintDates({ fiches }: ContentFiles, today: string): Problem[] {
  return [...fiches.values()].flatMap((shaped) => {
    if (!shaped) return [];
    const { file, value } = shaped;
    const found: Problem[] = [];
    if (value['a-revoir-avant'] < today) {
      found.push(
        file.problemAt(['a-revoir-avant'], {
          severity: 'warning',
          code: 'review-overdue',
          message: `cette fiche devait être relue avant le ${value['a-revoir-avant']}`,
          remedy: 'Relisez-la avec le guide, puis changez « revu-le » et « a-revoir-avant ».',
        }),
      );
    }
    if (value['revu-le'] > value['a-revoir-avant']) {
      found.push(
        file.problemAt(['revu-le'], {
          severity: 'warning',
          code: 'review-dates-crossed',
          message: 'la fiche est relue après la date « a-revoir-avant »',
          remedy: 'Donnez à « a-revoir-avant » une date plus lointaine.',
        }),
      );
    }
    return found;
  });
}

function lintLinks({ fiches }: ContentFiles): Problem[] {
  return [...fiches].flatMap(([id, shaped]) => {
    if (!shaped) return [];
    const { file, value } = shaped;
    return value.liens.flatMap((link, index) => {
      if (link === id)
        return [
          file.problemAt(['liens', index], {
            severity: 'warning',
            code: 'link-to-itself',
            message: 'la fiche renvoie à elle-même',
            remedy: 'Retirez ce lien.',
          }),
        ];
      if (value.liens.indexOf(link) < index)
        return [
          file.problemAt(['liens', index], {
            severity: 'warning',
            code: 'duplicate-link',
            message: `le lien « ${link} » est écrit deux fois`,
            remedy: 'Gardez-en un.',
          }),
        ];
      return [];
    });
  });
}

/** `**`, backticks and « » go by pairs; HTML is for what an agent types (between backticks), never for layout. */
function lintMarks(files: ContentFiles): Problem[] {
  return listShownTexts(files).flatMap(({ file, path, text }) => {
    const warn = (code: Complaint['code'], message: string, remedy: string): Problem =>
      file.problemAt(path, { severity: 'warning', code, message, remedy });
    const found: Problem[] = [];
    if (text.split('**').length % 2 === 0) {
      found.push(
        warn(
          'unclosed-bold',
          'un ** est ouvert et jamais fermé',
          'Mettez ** avant et après les mots en gras.',
        ),
      );
    }
    if (text.split('`').length % 2 === 0) {
      found.push(
        warn(
          'unclosed-typed-text',
          'un ` est ouvert et jamais fermé',
          'Mettez ` avant et après ce que l’agent doit taper.',
        ),
      );
    }
    if (text.split('«').length !== text.split('»').length) {
      found.push(warn('unpaired-quotes', 'un « ou un » est seul', 'Mettez « avant et » après le libellé.'));
    }
    if (/<\/?(?:a|b|br|code|em|i|li|ol|p|strong|u|ul)\b[^>]*>/i.test(text.replace(/`[^`]*`/g, ''))) {
      found.push(
        warn(
          'shown-markup',
          'du HTML sera montré tel quel',
          'Écrivez **gras** pour du gras, et les adresses internet telles quelles.',
        ),
      );
    }
    return found;
  });
}
