import { type ContentFiles, fewestQuestions } from '../build-content.ts';
import type { Problem } from '../problem.ts';
import { findNearDuplicates } from './find-near-duplicates.ts';
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
    ...findTwoSpellings(files),
  ];
}

function lintQuestionCounts({ intents, fiches }: ContentFiles): Problem[] {
  return [...intents].flatMap(([id, shaped]) => {
    const count = shaped?.value.questions.length ?? advisedQuestions;
    // Below `fewestQuestions` it is an error already.
    if (!shaped || !fiches.has(id) || count < fewestQuestions || count >= advisedQuestions) return [];
    return [
      shaped.file.problemAt(
        ['questions'],
        `${count} questions pour cette fiche`,
        `L'assistant la reconnaît mieux à partir de ${advisedQuestions} : ajoutez des tournures courtes, polies, en SMS, avec des fautes (npm run questions en propose).`,
        'warning',
      ),
    ];
  });
}

/** Fiches whose review is due. */
export function lintDates({ fiches }: ContentFiles, today: string): Problem[] {
  return [...fiches.values()].flatMap((shaped) => {
    if (!shaped) return [];
    const { file, value } = shaped;
    const found: Problem[] = [];
    if (value['a-revoir-avant'] < today) {
      found.push(
        file.problemAt(
          ['a-revoir-avant'],
          `cette fiche devait être relue avant le ${value['a-revoir-avant']}`,
          'Relisez-la avec le guide, puis changez « revu-le » et « a-revoir-avant ».',
          'warning',
        ),
      );
    }
    if (value['revu-le'] > value['a-revoir-avant']) {
      found.push(
        file.problemAt(
          ['revu-le'],
          'la fiche est relue après la date « a-revoir-avant »',
          'Donnez à « a-revoir-avant » une date plus lointaine.',
          'warning',
        ),
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
          file.problemAt(['liens', index], 'la fiche renvoie à elle-même', 'Retirez ce lien.', 'warning'),
        ];
      if (value.liens.indexOf(link) < index)
        return [
          file.problemAt(
            ['liens', index],
            `le lien « ${link} » est écrit deux fois`,
            'Gardez-en un.',
            'warning',
          ),
        ];
      return [];
    });
  });
}

/** `**`, backticks and « » go by pairs, and there is no HTML outside what is to be typed. */
function lintMarks(files: ContentFiles): Problem[] {
  return listShownTexts(files).flatMap(({ file, path, text }) => {
    const warn = (message: string, remedy: string): Problem =>
      file.problemAt(path, message, remedy, 'warning');
    const found: Problem[] = [];
    if (text.split('**').length % 2 === 0) {
      found.push(warn('un ** est ouvert et jamais fermé', 'Mettez ** avant et après les mots en gras.'));
    }
    if (text.split('`').length % 2 === 0) {
      found.push(
        warn('un ` est ouvert et jamais fermé', 'Mettez ` avant et après ce que l’agent doit taper.'),
      );
    }
    if (text.split('«').length !== text.split('»').length) {
      found.push(warn('un « ou un » est seul', 'Mettez « avant et » après le libellé.'));
    }
    if (/<\/?(?:a|b|br|code|em|i|li|ol|p|strong|u|ul)\b[^>]*>/i.test(text.replace(/`[^`]*`/g, ''))) {
      found.push(
        warn(
          'du HTML sera montré tel quel',
          'Écrivez **gras** pour du gras, et les adresses internet telles quelles.',
        ),
      );
    }
    return found;
  });
}
