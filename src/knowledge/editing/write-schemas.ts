import { z } from 'zod';
import { actsShape, contextsShape, diagnosticsShape, profileShape } from '../reading/dialogue-shapes.ts';
import {
  ficheShape,
  intentShape,
  lexiconShape,
  messagesShape,
  outOfScopeShape,
} from '../reading/file-shapes.ts';

const schemas = {
  'fiche.schema.json': {
    shape: ficheShape,
    title: 'Fiche',
    description: 'knowledge/<identifiant>.yaml : ce que l’assistant répond.',
  },
  'questions.schema.json': {
    shape: intentShape,
    title: 'Questions d’une fiche',
    description: 'intents/<identifiant>.yaml : comment les agents posent la question.',
  },
  'lexique.schema.json': {
    shape: lexiconShape,
    title: 'Lexique',
    description: 'intents/lexique.yaml : noms des outils, abréviations et synonymes.',
  },
  'hors-sujet.schema.json': {
    shape: outOfScopeShape,
    title: 'Hors sujet',
    description: 'intents/hors-sujet.yaml : ce que l’assistant doit refuser.',
  },
  'messages.schema.json': {
    shape: messagesShape,
    title: 'Messages',
    description: 'knowledge/messages.yaml : les phrases que dit l’assistant hors des fiches.',
  },
  'profil.schema.json': {
    shape: profileShape,
    title: 'Profil',
    description: 'intents/profil.yaml : ce que l’assistant retient d’un agent, et à quels mots.',
  },
  'actes.schema.json': {
    shape: actsShape,
    title: 'Actes',
    description: 'intents/actes.yaml : ce qu’un message fait dans la conversation, par des exemples.',
  },
  'vagues.schema.json': {
    shape: diagnosticsShape,
    title: 'Débuts vagues',
    description: 'intents/vagues.yaml : les questions posées à qui commence vaguement.',
  },
  'contextes.schema.json': {
    shape: contextsShape,
    title: 'Contextes',
    description:
      'intents/contextes.yaml : des conversations étiquetées, pour lire un message d’après ce qui précède.',
  },
} as const;

/**
 * The JSON Schemas that VS Code completes and underlines with, made from the shapes that the loader checks:
 * file name in docs/schema → its text.
 */
export function writeSchemas(): Map<string, string> {
  return new Map(
    Object.entries(schemas).map(([name, { shape, title, description }]) => {
      const schema = z.toJSONSchema(shape, { io: 'input', target: 'draft-7', reused: 'inline' });
      return [name, `${JSON.stringify({ ...schema, title, description }, null, 2)}\n`];
    }),
  );
}
