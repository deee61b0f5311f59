import type { Why } from '../page-view.ts';
import { buildElement } from './build-element.ts';
import { buildBar } from './chart.ts';
import { nameOutcome } from './name-outcome.ts';

/** The reason of one answer: what was read, what was considered, what was chosen. */
export function buildWhy(why: Why, onShowFiche: (id: string) => void): DocumentFragment {
  const fragment = document.createDocumentFragment();
  fragment.append(
    buildElement(
      'p',
      {},
      buildElement('span', { class: 'fr-badge fr-badge--info fr-badge--no-icon' }, nameOutcome(why.outcome)),
    ),
    buildElement('p', {}, why.sentence),
  );
  fragment.append(buildConduct(why));
  if (why.targets.length > 0) fragment.append(buildTargets(why));
  if (why.candidates.length > 0) fragment.append(buildCandidates(why));
  if (why.fiche) fragment.append(buildFiche(why.fiche, onShowFiche));
  if (why.reading) fragment.append(buildReading(why.reading));
  if (why.nearest.length > 0) fragment.append(buildNearest(why.nearest));
  return fragment;
}

/** What the conversation did, and what it knew. */
function buildConduct({ move, profile, acts }: Why): HTMLElement {
  return buildElement(
    'dl',
    { class: 'page-facts' },
    ...(move === null ? [] : fact('Conduite', move)),
    ...(acts.length === 0 ? [] : fact('Acte lu', acts.join(', '))),
    ...fact('Situation', profile === '' ? 'rien de connu' : profile),
  );
}

/** What the message may be about in the light of the exchange, and what decided between the first two. */
function buildTargets({ targets, evidence }: Why): HTMLElement {
  const rows = targets.map(({ title, share }) =>
    buildElement(
      'tr',
      {},
      buildElement('th', { scope: 'row' }, title),
      buildElement('td', { class: 'page-bar-cell' }, buildBar([{ share, kind: 'main' }], [])),
      buildElement('td', { class: 'page-number' }, formatShare(share)),
    ),
  );
  return buildElement(
    'div',
    { class: 'page-block' },
    buildElement('h3', { class: 'fr-h6', id: 'titre-cibles' }, 'Ce que vise le message, dans l’échange'),
    buildElement(
      'table',
      { class: 'page-table', 'aria-labelledby': 'titre-cibles' },
      buildElement(
        'thead',
        { class: 'fr-sr-only' },
        buildElement(
          'tr',
          {},
          buildElement('th', { scope: 'col' }, 'Cible'),
          buildElement('th', { scope: 'col' }, 'Barre'),
          buildElement('th', { scope: 'col' }, 'Probabilité'),
        ),
      ),
      buildElement('tbody', {}, ...rows),
    ),
    evidence.length === 0
      ? null
      : buildElement(
          'div',
          {},
          buildElement('p', { class: 'page-lead' }, 'Ce qui a placé la première devant la deuxième :'),
          buildElement(
            'ul',
            { class: 'page-evidence' },
            ...evidence.map((text) => buildElement('li', {}, text)),
          ),
        ),
  );
}

function buildCandidates({ candidates, thresholds }: Why): HTMLElement {
  const rows = candidates.map(({ title, score }) =>
    buildElement(
      'tr',
      {},
      buildElement('th', { scope: 'row' }, title),
      buildElement(
        'td',
        { class: 'page-bar-cell' },
        buildBar([{ share: score, kind: 'main' }], thresholds ? [thresholds.refuse, thresholds.answer] : []),
      ),
      buildElement('td', { class: 'page-number' }, formatShare(score)),
    ),
  );
  return buildElement(
    'div',
    { class: 'page-block' },
    buildElement('h3', { class: 'fr-h6', id: 'titre-candidats' }, 'Fiches envisagées, le message lu seul'),
    buildElement(
      'table',
      { class: 'page-table', 'aria-labelledby': 'titre-candidats' },
      buildElement(
        'thead',
        { class: 'fr-sr-only' },
        buildElement(
          'tr',
          {},
          buildElement('th', { scope: 'col' }, 'Fiche'),
          buildElement('th', { scope: 'col' }, 'Barre'),
          buildElement('th', { scope: 'col' }, 'Probabilité d’être la bonne'),
        ),
      ),
      buildElement('tbody', {}, ...rows),
    ),
    thresholds &&
      buildElement(
        'p',
        { class: 'fr-hint-text' },
        `Traits : sous ${formatShare(thresholds.refuse)}, refus ; au-dessus de ${formatShare(thresholds.answer)}, réponse directe ; entre les deux, l’assistant demande.`,
      ),
  );
}

function buildFiche(fiche: NonNullable<Why['fiche']>, onShowFiche: (id: string) => void): HTMLElement {
  const show = {
    class: 'fr-btn fr-btn--secondary fr-btn--sm',
    type: 'button',
    onclick: () => onShowFiche(fiche.id),
  };
  return buildElement(
    'div',
    { class: 'page-block' },
    buildElement('h3', { class: 'fr-h6' }, 'Fiche et source'),
    buildElement(
      'dl',
      { class: 'page-facts' },
      ...fact('Fiche', fiche.title),
      ...fact('Fichier', buildElement('code', {}, fiche.file)),
      ...fact('Section du guide', fiche.source),
      ...fact('Relue le', formatDay(fiche.reviewed)),
    ),
    buildElement('button', show, 'Voir la fiche et ses questions'),
  );
}

function buildReading(reading: NonNullable<Why['reading']>): HTMLElement {
  const tags = (words: readonly string[]): HTMLElement =>
    buildElement(
      'ul',
      { class: 'fr-tags-group page-words' },
      ...words.map((word) =>
        buildElement('li', {}, buildElement('span', { class: 'fr-tag fr-tag--sm' }, word)),
      ),
    );
  return buildElement(
    'div',
    { class: 'page-block' },
    buildElement('h3', { class: 'fr-h6' }, 'Mots lus'),
    reading.words.length > 0 ? tags(reading.words) : buildElement('p', {}, 'Aucun.'),
    buildElement(
      'dl',
      { class: 'page-facts' },
      ...fact(
        'Corrections',
        reading.corrections.length > 0
          ? reading.corrections.map(({ from, to }) => `${from} → ${to}`).join(', ')
          : 'aucune',
      ),
      ...fact('Outils du guide', reading.products.join(', ') || 'aucun'),
      ...(reading.outOfScopeProducts.length > 0
        ? fact('Outils étrangers au guide', reading.outOfScopeProducts.join(', '))
        : []),
    ),
  );
}

function buildNearest(nearest: Why['nearest']): HTMLElement {
  return buildElement(
    'div',
    { class: 'page-block' },
    buildElement('h3', { class: 'fr-h6' }, 'Questions connues les plus proches'),
    buildElement(
      'ul',
      {},
      ...nearest.map(({ question, title, similarity }) =>
        buildElement(
          'li',
          {},
          `${question} `,
          buildElement(
            'span',
            { class: 'fr-hint-text' },
            `${title}, ressemblance ${formatShare(similarity)}`,
          ),
        ),
      ),
    ),
  );
}

function fact(name: string, value: string | Node): [HTMLElement, HTMLElement] {
  return [buildElement('dt', {}, name), buildElement('dd', {}, value)];
}

function formatShare(share: number): string {
  return `${(Math.floor(share * 1000) / 10).toLocaleString('fr-FR')} %`;
}

function formatDay(iso: string): string {
  return new Date(`${iso}T12:00:00Z`).toLocaleDateString('fr-FR', { dateStyle: 'long' });
}
