import distances from 'natural/lib/natural/distance/levenshtein_distance.js';
import type { Problem } from '../problem.ts';
import type { ContentFiles } from '../reading/content-files.ts';
import { listShownTexts, type ShownText } from './list-shown-texts.ts';

interface Mention {
  readonly place: ShownText;
  readonly written: string;
}

const phone = /(?<!\d)(?:\+33[ .-]?\d|0\d)(?:[ .-]?\d\d){4}(?!\d)|(?<!\d)0\d(?:-\d\d){2}-\d{4}(?!\d)/g;
const address = /https?:\/\/[^\s»)`]*[\w/]|[\w.-]+@[a-z\d-]+(?:\.[a-z\d-]+)+/gi;

/**
 * The same phone number or address written in two ways makes agents doubt: the rarer way is reported.
 * Between « » the guide is quoted letter for letter, so what stands there is left alone.
 */
export function findTwoSpellings(files: ContentFiles): Problem[] {
  const texts = listShownTexts(files).map((place) => ({
    ...place,
    text: place.text.replace(/«[^»]*»/g, ' '),
  }));
  const phones = mentionsOf(texts, phone);
  const addresses = mentionsOf(texts, address);
  return [
    ...report(phones, (written) => written.replace(/\D/g, '').replace(/^33/, '0'), 'ce numéro'),
    ...report(
      addresses,
      (written) =>
        written
          .toLowerCase()
          .replace(/^https?:\/\/(www\.)?/, '')
          .replace(/\/$/, ''),
      'cette adresse',
    ),
    ...reportLookalikes(addresses),
  ];
}

function mentionsOf(texts: readonly ShownText[], pattern: RegExp): Mention[] {
  return texts.flatMap((place) => [...place.text.matchAll(pattern)].map(([written]) => ({ place, written })));
}

function report(mentions: readonly Mention[], keyOf: (written: string) => string, what: string): Problem[] {
  return [...Map.groupBy(mentions, ({ written }) => keyOf(written)).values()].flatMap((same) => {
    const byWriting = [...Map.groupBy(same, ({ written }) => written)].sort(
      (a, b) => b[1].length - a[1].length,
    );
    const usual = byWriting[0]?.[0];
    return byWriting.slice(1).flatMap(([written, places]) =>
      places.map(({ place }) =>
        place.file.problemAt(place.path, {
          severity: 'warning',
          code: 'two-spellings',
          message: `${what} est écrit${what === 'cette adresse' ? 'e' : ''} de deux façons : ${written} ici, ${usual} ailleurs`,
          remedy: `Écrivez ${usual} partout. Pour citer le guide à la lettre, mettez la citation entre « ».`,
        }),
      ),
    );
  });
}

/** Domains one or two letters apart: `comun.minint.fr` beside `comu.minint.fr`. */
function reportLookalikes(mentions: readonly Mention[]): Problem[] {
  const byDomain = Map.groupBy(
    mentions,
    ({ written }) => /(?:@|:\/\/)([^/]+)/.exec(written.toLowerCase())?.[1] ?? '',
  );
  const domains = [...byDomain].sort((a, b) => b[1].length - a[1].length);
  return domains.flatMap(([domain, places], index) => {
    const like = domains
      .slice(0, index)
      .find(
        ([usual]) =>
          Math.abs(usual.length - domain.length) <= 2 &&
          distances.DamerauLevenshteinDistance(usual, domain) <= 2,
      )?.[0];
    if (!like) return [];
    return places.map(({ place }) =>
      place.file.problemAt(place.path, {
        severity: 'warning',
        code: 'lookalike-domain',
        message: `le domaine ${domain} ressemble beaucoup à ${like}, écrit ailleurs`,
        remedy: `Vérifiez dans le guide lequel est le bon. Si ce sont bien deux domaines, laissez-les.`,
      }),
    );
  });
}
