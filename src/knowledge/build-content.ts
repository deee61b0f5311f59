import type { z } from 'zod';
import { buildDialogue } from './build-dialogue.ts';
import type {
  BranchTarget,
  BySlot,
  Content,
  Fiche,
  Intent,
  Product,
  Sentences,
  Step,
  Variant,
} from './content.ts';
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
    ...buildDialogue(files),
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
  return Object.entries(group).map(([id, { nom, ecritures, designations }]) => ({
    id,
    name: nom,
    spellings: ecritures,
    designations,
  }));
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
    information: file.informations,
    steps: file.etapes.map(buildStep),
    variants: file.variantes
      ? {
          question: file.variantes.question,
          choices: file.variantes.choix.map((choice) => ({
            id: choice.id,
            title: choice.titre,
            words: choice.mots,
            when: buildWhen(choice.quand),
            information: choice.informations,
            steps: choice.etapes.map(buildStep),
          })),
        }
      : null,
    afterwards: file.ensuite,
    ifItPersists: file['si-le-probleme-persiste'],
    facts: file.faits.map((fact) => ({
      id: fact.id,
      questions: fact.demandes,
      answer: fact.reponse,
      bySlot: buildBySlot(fact.selon),
      also: fact.avec ?? null,
      leadsTo: fact['mene-a'] ?? null,
      measure:
        fact.mesure === undefined
          ? null
          : {
              units: fact.mesure.unites,
              above: fact.mesure['plus-de'] ?? Number.NEGATIVE_INFINITY,
              upTo: fact.mesure['au-plus'] ?? Number.POSITIVE_INFINITY,
            },
    })),
    contacts: file.contacts,
    related: file.liens,
    dated: file.dates.map(({ texte, date }) => ({ text: texte, date })),
    editorNote: file['note-editeur'] ?? null,
  };
}

function buildBySlot(selon: Readonly<Record<string, Readonly<Record<string, string>>>>): BySlot[] {
  return Object.entries(selon).flatMap(([slot, values]) =>
    Object.entries(values).map(([value, text]) => ({ slot, value, text })),
  );
}

/** One slot decides between variants; a second one given by mistake is refused by the checks. */
function buildWhen(quand: Readonly<Record<string, readonly string[]>> | undefined): Variant['when'] {
  const [first] = Object.entries(quand ?? {});
  return first === undefined ? null : { slot: first[0], values: first[1] };
}

function buildStep(step: StepFile): Step {
  return {
    text: step.texte,
    bySlot: buildBySlot(step.selon),
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
