import { z } from 'zod';

/** The shapes of intents/profil.yaml, actes.yaml, vagues.yaml and contextes.yaml; see file-shapes.ts. */

const id = z.string().regex(/^[a-z0-9-]+$/, 'un identifiant ne contient que a-z, 0-9 et le tiret');
const shortText = z.string().trim().min(1).max(300);
const word = z.union([z.string().trim().min(1), z.number().transform(String)]);
const message = z.string().trim().min(1).max(2000);

export const profileShape = z.strictObject({
  emplacements: z
    .array(
      z.strictObject({
        id,
        titre: shortText.describe('Ce que c’est, comme on le dit à l’agent : Votre poste'),
        valeurs: z
          .array(
            z.strictObject({
              id,
              titre: shortText.describe('Le nom de la valeur : NOEMI'),
              mots: z.array(word).min(1).describe('Ce qu’un agent écrit quand c’est son cas'),
              donne: z
                .record(id, z.string())
                .default({})
                .describe('Ce que cette valeur donne aux réponses : {corps.domaine}'),
            }),
          )
          .min(2),
      }),
    )
    .min(1),
  'autres-personnes': z
    .array(word)
    .default([])
    .describe('Mots qui disent que le message parle de quelqu’un d’autre : collègue, mari…'),
});

/** What a message does in the conversation, learnt from examples; the keys are known to the code. */
export const actsShape = z.strictObject({ actes: z.record(id, z.array(message).min(10)) });

export const diagnosticsShape = z.strictObject({
  questions: z.array(
    z.strictObject({
      id,
      declencheurs: z.array(word).min(3).describe('Les débuts vagues auxquels cette question répond'),
      question: shortText,
      choix: z
        .array(z.strictObject({ fiche: id, libelle: shortText }))
        .min(2)
        .max(6),
    }),
  ),
});

/** What a message of a conversation is about: fiche:x, fait:x/y, acte:x, hors. */
const target = z
  .string()
  .regex(
    /^(?:fiche:[a-z0-9-]+|fait:[a-z0-9-]+\/[a-z0-9-]+|acte:[a-z0-9-]+|hors)$/,
    'fiche:…, fait:fiche/fait, acte:… ou hors',
  );

export const contextsShape = z.strictObject({
  conversations: z.array(
    z.strictObject({
      tours: z
        .array(
          z.strictObject({
            dit: message,
            vise: target,
            attend: z.enum(['rien', 'resolu', 'etape', 'choix', 'variante', 'accord']).optional(),
            choix: z.array(id).optional(),
          }),
        )
        .min(1),
    }),
  ),
});
