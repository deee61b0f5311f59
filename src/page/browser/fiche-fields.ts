import type { Name, Names } from '../page-view.ts';

/** One field of a form, or several; `key` is that of the file. */
export type Field =
  | {
      readonly kind: 'text' | 'long' | 'date';
      readonly key: string;
      readonly label: string;
      readonly hint?: string;
    }
  /** A list of texts, one a line. */
  | { readonly kind: 'lines'; readonly key: string; readonly label: string; readonly hint?: string }
  | {
      readonly kind: 'select';
      readonly key: string;
      readonly label: string;
      readonly hint?: string;
      readonly options: readonly Name[];
      readonly none?: string;
    }
  /** Names in an order of their own. */
  | {
      readonly kind: 'names';
      readonly key: string;
      readonly label: string;
      readonly hint?: string;
      readonly options: readonly Name[];
    }
  /** Where a branch leads. */
  | {
      readonly kind: 'target';
      readonly key: string;
      readonly label: string;
      readonly options: readonly Name[];
    }
  | {
      readonly kind: 'list';
      readonly key: string;
      readonly label: string;
      readonly hint?: string;
      readonly one: string;
      readonly add: string;
      readonly fields: readonly Field[];
    }
  | {
      readonly kind: 'group';
      readonly key: string;
      readonly label: string;
      readonly hint?: string;
      readonly add: string;
      readonly fields: readonly Field[];
    }
  /** A text for a value of the profile: « selon ». */
  | { readonly kind: 'by-slot'; readonly key: string; readonly label: string; readonly slots: Names['slots'] }
  /** The values of the profile that are this case: « quand ». */
  | { readonly kind: 'when'; readonly key: string; readonly label: string; readonly slots: Names['slots'] };

const oneALine = 'Un par ligne.';

/** What an editor may change in a fiche, in the order of reading. */
export function listFicheFields({ fiches, themes, products, contacts, slots }: Names): Field[] {
  const steps: Field = {
    kind: 'list',
    key: 'etapes',
    label: 'Étapes',
    one: 'Étape',
    add: 'Ajouter une étape',
    fields: [
      { kind: 'long', key: 'texte', label: 'Consigne', hint: 'À l’impératif, 300 caractères au plus.' },
      { kind: 'lines', key: 'points', label: 'Précisions sous la consigne', hint: oneALine },
      {
        kind: 'list',
        key: 'branches',
        label: 'Ce que l’agent peut voir',
        one: 'Cas',
        add: 'Ajouter un cas',
        fields: [
          { kind: 'text', key: 'si', label: 'Si l’agent voit', hint: 'Par exemple : L’icône est bleue' },
          { kind: 'lines', key: 'mots', label: 'Comment il le dit', hint: oneALine },
          { kind: 'long', key: 'alors', label: 'Alors' },
          { kind: 'target', key: 'vers', label: 'Ensuite', options: fiches },
        ],
      },
      { kind: 'by-slot', key: 'selon', label: 'Autre consigne selon le profil', slots },
    ],
  };
  return [
    { kind: 'text', key: 'titre', label: 'Titre', hint: '70 caractères au plus.' },
    { kind: 'text', key: 'question', label: 'La fiche sous forme de question' },
    { kind: 'long', key: 'resume', label: 'Résumé', hint: 'L’essentiel en une phrase.' },
    { kind: 'lines', key: 'informations', label: 'Informations sans ordre', hint: oneALine },
    steps,
    {
      kind: 'group',
      key: 'variantes',
      label: 'Variantes',
      hint: 'Quand la suite dépend du cas : iPhone ou Android…',
      add: 'Ajouter des variantes',
      fields: [
        { kind: 'text', key: 'question', label: 'Question qui les départage' },
        {
          kind: 'list',
          key: 'choix',
          label: 'Cas',
          one: 'Variante',
          add: 'Ajouter une variante',
          fields: [
            { kind: 'text', key: 'id', label: 'Identifiant', hint: 'Minuscules, chiffres et tirets.' },
            { kind: 'text', key: 'titre', label: 'Titre' },
            { kind: 'lines', key: 'mots', label: 'Mots d’un message qui disent ce cas', hint: oneALine },
            { kind: 'when', key: 'quand', label: 'Profil de ce cas', slots },
            { kind: 'lines', key: 'informations', label: 'Informations', hint: oneALine },
            steps,
          ],
        },
      ],
    },
    { kind: 'lines', key: 'ensuite', label: 'Ce qu’on doit voir à la fin', hint: oneALine },
    { kind: 'lines', key: 'si-le-probleme-persiste', label: 'Si le problème persiste', hint: oneALine },
    {
      kind: 'list',
      key: 'faits',
      label: 'Faits',
      hint: 'Une question précise, et sa réponse en une ligne ou deux.',
      one: 'Fait',
      add: 'Ajouter un fait',
      fields: [
        { kind: 'text', key: 'id', label: 'Nom du fait', hint: 'Minuscules, chiffres et tirets.' },
        { kind: 'long', key: 'reponse', label: 'Réponse' },
        { kind: 'lines', key: 'demandes', label: 'Façons de le demander', hint: oneALine },
        { kind: 'long', key: 'avec', label: 'À dire avec, sinon la réponse tromperait' },
        {
          kind: 'select',
          key: 'mene-a',
          label: 'Fiche dont on parle ensuite',
          options: fiches,
          none: 'Celle-ci',
        },
        { kind: 'by-slot', key: 'selon', label: 'Autre réponse selon le profil', slots },
      ],
    },
    { kind: 'names', key: 'contacts', label: 'Contacts', options: contacts },
    { kind: 'names', key: 'liens', label: 'Fiches proches', hint: 'La plus utile d’abord.', options: fiches },
    { kind: 'select', key: 'theme', label: 'Thème', options: themes },
    { kind: 'select', key: 'produit', label: 'Outil', options: products, none: 'Aucun' },
    { kind: 'text', key: 'source', label: 'Section du guide' },
    { kind: 'date', key: 'revu-le', label: 'Relue le' },
    { kind: 'date', key: 'a-revoir-avant', label: 'À revoir avant le' },
    {
      kind: 'long',
      key: 'note-editeur',
      label: 'Note pour les rédacteurs',
      hint: 'Jamais montrée aux agents.',
    },
  ];
}
