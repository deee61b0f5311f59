import { z } from 'zod';

/**
 * The shapes of the YAML files, keys as editors write them. docs/schema/*.json is generated from these
 * (`npm run schema`), so the descriptions are what an editor such as VS Code shows: French.
 */

const sentence = z.string().trim().min(1).max(1500);
const shortText = z.string().trim().min(1).max(300);
const word = z.union([z.string().trim().min(1), z.number().transform(String)]);
const isoDate = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'une date s’écrit AAAA-MM-JJ')
  .refine((date) => !Number.isNaN(Date.parse(date)), 'cette date n’existe pas');
const id = z.string().regex(/^[a-z0-9-]+$/, 'un identifiant ne contient que a-z, 0-9 et le tiret');

export const branchTarget = /^(suite|persiste|fin|humain|[1-9]\d?|fiche:[a-z0-9-]+)$/;

const branch = z.strictObject({
  si: shortText.describe('Ce que l’agent voit, par exemple : L’icône est bleue'),
  mots: z.array(word).default([]).describe('Comment l’agent le dit : [bleue, elle est bleue]'),
  alors: shortText.describe('Ce qu’il faut faire alors'),
  vers: z
    .union([z.string(), z.number().transform(String)])
    .pipe(
      z.string().regex(branchTarget, 'suite, persiste, fin, humain, un numéro d’étape ou fiche:identifiant'),
    )
    .default('suite')
    .describe('Où aller ensuite : suite, un numéro d’étape, persiste, fin, humain ou fiche:identifiant'),
});

/** Slot → value (or « * ») → text. */
const bySlot = z
  .record(id, z.record(z.union([id, z.literal('*')]), sentence))
  .default({})
  .describe('La réponse selon le profil : emplacement, valeur (ou "*"), texte');

const step = z.strictObject({
  texte: shortText.describe('La consigne, à l’impératif, 300 caractères au plus'),
  points: z.array(shortText).default([]).describe('Des précisions sous la consigne'),
  selon: bySlot,
  branches: z.array(branch).default([]).describe('Ce que l’agent peut voir à cette étape'),
});

const variant = z.strictObject({
  id,
  titre: shortText,
  mots: z.array(word).default([]).describe('Les mots d’un message qui disent déjà de quel cas il s’agit'),
  quand: z
    .record(id, z.array(id).min(1))
    .optional()
    .describe('Le profil qui dit que c’est ce cas : telephone: [iphone]'),
  informations: z.array(sentence).default([]),
  etapes: z.array(step).default([]),
});

export const ficheShape = z.strictObject({
  titre: z
    .string()
    .trim()
    .min(3)
    .max(70)
    .describe('Titre de la réponse et libellé quand on la propose ; 70 caractères au plus'),
  question: shortText.describe('La fiche sous forme de question, pour le menu'),
  theme: id.describe('Un des thèmes de messages.yaml'),
  produit: id.optional().describe('Un des produits de intents/lexique.yaml'),
  resume: shortText.describe('L’essentiel en une phrase'),
  source: shortText.describe('Le titre de la section du guide'),
  'revu-le': isoDate.describe('Date de la dernière relecture, AAAA-MM-JJ'),
  'a-revoir-avant': isoDate.describe('Date avant laquelle relire la fiche, AAAA-MM-JJ'),
  informations: z.array(sentence).default([]).describe('Des faits sans ordre, montrés avant les étapes'),
  etapes: z.array(step).default([]).describe('Les étapes, dans l’ordre'),
  variantes: z
    .strictObject({ question: shortText, choix: z.array(variant).min(2).max(9) })
    .optional()
    .describe('Quand la suite dépend du cas : iPhone ou Android…'),
  ensuite: z.array(sentence).default([]).describe('Ce qu’on doit voir à la fin, remarques'),
  'si-le-probleme-persiste': z
    .array(sentence)
    .default([])
    .describe('Que faire si le problème persiste, dans l’ordre'),
  faits: z
    .array(
      z.strictObject({
        id,
        demandes: z.array(word).min(1).describe('Les façons de le demander, d’emblée ou après la fiche'),
        reponse: sentence.describe('La réponse, en une ligne ou deux'),
        selon: bySlot,
        avec: sentence.optional().describe('Ce qui doit être dit avec, sinon la réponse tromperait'),
        'mene-a': id.optional().describe('La fiche dont on parle ensuite, quand la réponse y conduit'),
        mesure: z
          .strictObject({
            unites: z.array(word).min(1).describe('L’unité, comme on l’écrit : go, giga…'),
            'plus-de': z.number().optional().describe('Le nombre lu est au-delà'),
            'au-plus': z.number().optional().describe('Le nombre lu ne va pas au-delà'),
          })
          .optional()
          .describe(
            'Le nombre que l’agent lit (« 34 Go ») et qui appelle ce fait, une fois la fiche montrée',
          ),
      }),
    )
    .default([])
    .describe('Des questions précises et leur courte réponse'),
  contacts: z.array(id).default([]).describe('Qui appeler : identifiants de messages.yaml'),
  liens: z.array(id).default([]).describe('Fiches proches, la plus utile d’abord'),
  dates: z
    .array(z.strictObject({ texte: sentence, date: shortText }))
    .default([])
    .describe('Ce que le guide date : montré comme passé'),
  'note-editeur': z.string().optional().describe('Pour les rédacteurs, jamais montrée aux agents'),
});

const question = z.string().trim().min(1).max(2000);

export const intentShape = z.strictObject({
  questions: z.array(question).min(1).describe('Des questions telles que les agents les écrivent'),
  voix: z
    .record(id, z.array(question).min(1))
    .default({})
    .describe(
      'Les questions de personnes qui ne se connaissent pas : un nom par personne, le même dans tous les fichiers, et sa liste',
    ),
});

const product = z.strictObject({
  nom: shortText,
  ecritures: z.array(word).default([]),
  designations: z
    .array(word)
    .default([])
    .describe(
      'Ce qui distingue cet outil d’un outil semblable dont on vient de parler : « celle du ministère »',
    ),
});

export const lexiconShape = z.strictObject({
  produits: z.record(id, product),
  'autres-produits': z.record(id, product).default({}),
  abreviations: z.record(z.string(), word).default({}),
  synonymes: z.array(z.array(word).min(2)).default([]),
});

export const outOfScopeShape = z.strictObject({
  themes: z.array(
    z.strictObject({
      titre: shortText,
      voix: id.optional().describe('Qui a écrit ces questions, sous le nom donné dans les autres fichiers'),
      questions: z.array(question).min(1),
    }),
  ),
});

export const messagesShape = z.strictObject({
  contacts: z.record(id, sentence),
  themes: z.record(id, sentence),
  textes: z.record(z.string(), z.string().trim().min(1)),
});

export type FicheFile = z.output<typeof ficheShape>;
export type StepFile = FicheFile['etapes'][number];
