import type { z } from 'zod';
import type { BranchTarget, Content, Fiche, Intent, Product, Sentences, Step } from './content.ts';
import type { ContentFiles } from './reading/content-files.ts';
import type { FicheFile, lexiconShape, messagesShape, StepFile } from './reading/file-shapes.ts';
import { type IntentQuestion, questionsOfIntent } from './reading/questions-of-intent.ts';

/** The content of files that have been checked; null when one that everything needs is missing. */
export function buildContent(files: ContentFiles, version: string): Content | null {
  const { lexicon, outOfScope, messages } = files;
  if (!lexicon || !outOfScope || !messages) return null;
  return {
    fiches: new Map(
      [...files.fiches].flatMap(([id, shaped]) => (shaped ? [[id, buildFiche(id, shaped.value)]] : [])),
    ),
    intents: [...files.intents].flatMap(([id, shaped]) =>
      shaped ? [buildIntent(id, questionsOfIntent(shaped.value))] : [],
    ),
    lexicon: {
      products: buildProducts(lexicon.value.produits),
      outOfScopeProducts: buildProducts(lexicon.value['autres-produits']),
      abbreviations: new Map(Object.entries(lexicon.value.abreviations)),
      synonyms: lexicon.value.synonymes,
    },
    outOfScope: outOfScope.value.themes.map(({ titre, voix, questions }) => ({
      title: titre,
      writer: voix ?? null,
      questions,
    })),
    sentences: buildSentences(messages.value),
    version,
  };
}

function buildIntent(id: string, questions: readonly IntentQuestion[]): Intent {
  return {
    id,
    questions: questions.map(({ text }) => text),
    writers: questions.map(({ writer }) => writer),
  };
}

function buildProducts(group: z.output<typeof lexiconShape>['produits']): Product[] {
  return Object.entries(group).map(([id, { nom, ecritures }]) => ({ id, name: nom, spellings: ecritures }));
}

function buildSentences(value: z.output<typeof messagesShape>): Sentences {
  return {
    texts: new Map(Object.entries(value.textes)),
    contacts: new Map(Object.entries(value.contacts)),
    themes: new Map(Object.entries(value.themes)),
  };
}

function buildFiche(id: string, file: FicheFile): Fiche {
  return {
    id,
    title: file.titre,
    question: file.question,
    theme: file.theme,
    product: file.produit ?? null,
    summary: file.resume,
    source: file.source,
    reviewed: file['revu-le'],
    reviewBefore: file['a-revoir-avant'],
    facts: file.informations,
    steps: file.etapes.map(buildStep),
    variants: file.variantes
      ? {
          question: file.variantes.question,
          choices: file.variantes.choix.map((choice) => ({
            id: choice.id,
            title: choice.titre,
            words: choice.mots,
            facts: choice.informations,
            steps: choice.etapes.map(buildStep),
          })),
        }
      : null,
    afterwards: file.ensuite,
    ifItPersists: file['si-le-probleme-persiste'],
    followUps: file.suivis.map(({ demandes, reponse }) => ({ questions: demandes, answer: reponse })),
    contacts: file.contacts,
    related: file.liens,
    dated: file.dates.map(({ texte, date }) => ({ text: texte, date })),
    editorNote: file['note-editeur'] ?? null,
  };
}

function buildStep(step: StepFile): Step {
  return {
    text: step.texte,
    points: step.points,
    branches: step.branches.map((branch) => ({
      condition: branch.si,
      wordings: branch.mots,
      advice: branch.alors,
      target: parseTarget(branch.vers),
    })),
  };
}

/** `written` matches `branchTarget` of file-shapes.ts: checkShape has refused anything else. */
function parseTarget(written: string): BranchTarget {
  if (written === 'persiste') return { kind: 'persists' };
  if (written === 'fin') return { kind: 'end' };
  if (written === 'humain') return { kind: 'human' };
  if (written.startsWith('fiche:')) return { kind: 'fiche', fiche: written.slice('fiche:'.length) };
  if (/^\d+$/.test(written)) return { kind: 'step', step: Number(written) };
  return { kind: 'next' };
}
