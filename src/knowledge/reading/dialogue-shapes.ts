import { z } from 'zod';

/** The shapes of intents/profil.yaml, actes.yaml, vagues.yaml and contextes.yaml, described as those of file-shapes.ts. */

const id = z.string().regex(/^[a-z0-9-]+$/, 'un identifiant ne contient que a-z, 0-9 et le tiret');
const shortText = z.string().trim().min(1).max(300);
const word = z.union([z.string().trim().min(1), z.number().transform(String)]);
const message = z.string().trim().min(1).max(2000);

export const profileShape = z.strictObject({
  emplacements: z
    .array(
      z.strictObject({
        id: id.describe('Le nom qu’emploient « selon » et « quand » dans les fiches : telephone'),
        titre: shortText.describe('Ce que c’est, comme on le dit à l’agent : Votre poste'),
        valeurs: z
          .array(
            z.strictObject({
              id: id.describe('Le nom de la valeur dans « selon » et « quand » : iphone'),
              titre: shortText.describe('Le nom de la valeur, comme on le dit à l’agent : NOEMI'),
              mots: z.array(word).min(1).describe('Ce qu’un agent écrit quand c’est son cas'),
              donne: z
                .record(id, z.string())
                .default({})
                .describe('Ce que cette valeur donne aux réponses : {corps.domaine}'),
            }),
          )
          .min(2)
          .describe('Les cas possibles, deux au moins'),
      }),
    )
    .min(1)
    .describe('Ce que l’assistant retient d’un agent : son poste, son téléphone…'),
  'autres-personnes': z
    .array(word)
    .default([])
    .describe('Mots qui disent que le message parle de quelqu’un d’autre : collègue, mari…'),
});

/** What a message does in the conversation, learnt from examples; the keys are known to the code. */
export const actsShape = z.strictObject({
  actes: z
    .record(id, z.array(message).min(10))
    .describe('Un acte connu du code, et au moins dix messages qui le font'),
});

export const diagnosticsShape = z.strictObject({
  questions: z
    .array(
      z.strictObject({
        id: id.describe('Le nom de cette question, unique dans le fichier'),
        declencheurs: z
          .array(word)
          .min(3)
          .describe('Les débuts vagues auxquels cette question répond, trois au moins'),
        question: shortText.describe('Ce que l’assistant demande alors'),
        choix: z
          .array(
            z.strictObject({
              fiche: id.describe('La fiche donnée à qui fait ce choix'),
              fait: id.optional().describe('Le fait de cette fiche qui répond ; sans lui, toute la fiche'),
              libelle: shortText.describe('Le choix, comme l’agent le lit'),
            }),
          )
          .min(2)
          .max(6)
          .describe('De deux à six choix, suivis de « Autre chose »'),
      }),
    )
    .describe('Les questions posées à qui commence par « connexion » ou « mot de passe »'),
});

/** What a message of a conversation is about: fiche:x, fait:x/y, acte:x, hors. */
const target = z
  .string()
  .regex(
    /^(?:fiche:[a-z0-9-]+|fait:[a-z0-9-]+\/[a-z0-9-]+|acte:[a-z0-9-]+|hors)$/,
    'fiche:…, fait:fiche/fait, acte:… ou hors',
  );

export const contextsShape = z.strictObject({
  conversations: z
    .array(
      z.strictObject({
        tours: z
          .array(
            z.strictObject({
              dit: message.describe('Le message de l’agent, tel qu’il l’écrit'),
              vise: target.describe(
                'Ce que vise le message : fiche:identifiant, fait:fiche/fait, acte:nom (intents/actes.yaml) ou hors',
              ),
              attend: z
                .enum(['rien', 'resolu', 'etape', 'choix', 'variante', 'accord'])
                .optional()
                .describe('Ce que l’assistant attendait, si le tour d’avant ne le laisse pas deviner'),
              choix: z.array(id).optional().describe('Les fiches entre lesquelles l’agent avait à choisir'),
            }),
          )
          .min(1)
          .describe('Les messages de l’agent, dans l’ordre'),
      }),
    )
    .describe('Des conversations dont chaque message est étiqueté'),
});
