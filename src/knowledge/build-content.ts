import type { z } from 'zod';
import { buildDialogue, type DialogueFiles } from './build-dialogue.ts';
import type { BranchTarget, BySlot, Content, Fiche, Product, Sentences, Step, Variant } from './content.ts';
import type {
  FicheFile,
  intentShape,
  lexiconShape,
  messagesShape,
  outOfScopeShape,
  StepFile,
} from './file-shapes.ts';
import type { Problem } from './problem.ts';
import { sentenceCatalogue } from './sentence-catalogue.ts';
import { suggestName } from './suggest-name.ts';
import type { YamlFile, YamlPath } from './yaml-file.ts';

export interface Shaped<T> {
  readonly file: YamlFile;
  readonly value: T;
}

/** The files by role; null for one that is missing or misshapen (its problems are already known). */
export interface ContentFiles extends DialogueFiles {
  fiches: Map<string, Shaped<FicheFile> | null>;
  intents: Map<string, Shaped<z.output<typeof intentShape>> | null>;
  lexicon: Shaped<z.output<typeof lexiconShape>> | null;
  outOfScope: Shaped<z.output<typeof outOfScopeShape>> | null;
  messages: Shaped<z.output<typeof messagesShape>> | null;
}

/** Intents that no fiche answers: the conversation does. */
export const smallTalkIntents = [
  'salutation',
  'remerciement',
  'au-revoir',
  'capacites',
  'parler-a-un-humain',
] as const;

/** Fewer questions than this teach the matcher too little. */
export const fewestQuestions = 10;

/** Puts the files together and checks what no single file can tell; null when a needed file is missing. */
export function buildContent(files: ContentFiles, version: string, problems: Problem[]): Content | null {
  checkPairs(files, problems);
  const { lexicon, outOfScope, messages } = files;
  const fiches = new Map<string, Fiche>();
  for (const [id, shaped] of files.fiches) {
    if (!shaped) continue;
    checkReferences(shaped, files, problems);
    fiches.set(id, buildFiche(id, shaped.value));
  }
  if (messages) checkMessages(messages, problems);
  checkDuplicates(files, problems);
  if (!lexicon || !outOfScope || !messages) return null;

  const products = (group: Record<string, { nom: string; ecritures: string[] }>): Product[] =>
    Object.entries(group).map(([id, { nom, ecritures }]) => ({ id, name: nom, spellings: ecritures }));
  return {
    fiches,
    intents: [...files.intents].flatMap(([id, shaped]) =>
      shaped ? [{ id, questions: shaped.value.questions }] : [],
    ),
    lexicon: {
      products: products(lexicon.value.produits),
      outOfScopeProducts: products(lexicon.value['autres-produits']),
      abbreviations: new Map(Object.entries(lexicon.value.abreviations)),
      synonyms: lexicon.value.synonymes,
    },
    outOfScope: outOfScope.value.themes.map(({ titre, questions }) => ({
      title: titre,
      questions: questions,
    })),
    sentences: buildMessages(messages.value),
    ...buildDialogue(files),
    version,
  };
}

function buildMessages(value: z.output<typeof messagesShape>): Sentences {
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

/** `vers` has been held against its pattern already. */
function parseTarget(written: string): BranchTarget {
  if (written === 'persiste') return { kind: 'persists' };
  if (written === 'fin') return { kind: 'end' };
  if (written === 'humain') return { kind: 'human' };
  if (written.startsWith('fiche:')) return { kind: 'fiche', fiche: written.slice('fiche:'.length) };
  if (/^\d+$/.test(written)) return { kind: 'step', step: Number(written) };
  return { kind: 'next' };
}

/** Every fiche has its questions and every questions file its fiche. */
function checkPairs({ fiches, intents }: ContentFiles, problems: Problem[]): void {
  const orphan = (file: string, message: string, remedy: string): Problem => ({
    severity: 'error',
    file,
    line: 0,
    column: 0,
    excerpt: null,
    message,
    remedy,
  });
  for (const id of fiches.keys()) {
    if (!intents.has(id)) {
      problems.push(
        orphan(
          `knowledge/${id}.yaml`,
          'aucune question ne mène à cette fiche',
          `Créez intents/${id}.yaml, avec au moins ${fewestQuestions} questions.`,
        ),
      );
    }
  }
  const answered: readonly string[] = [...fiches.keys(), ...smallTalkIntents];
  for (const [id, shaped] of intents) {
    if (!answered.includes(id)) {
      const suggestion = suggestName(id, answered);
      problems.push(
        orphan(
          `intents/${id}.yaml`,
          'aucune fiche ne répond à ces questions',
          suggestion
            ? `Créez knowledge/${id}.yaml, ou renommez ce fichier « ${suggestion}.yaml ».`
            : `Créez knowledge/${id}.yaml.`,
        ),
      );
    }
    const count = shaped?.value.questions.length ?? fewestQuestions;
    if (shaped && count < fewestQuestions) {
      problems.push(
        shaped.file.problemAt(
          ['questions'],
          `${count} question(s) seulement`,
          `Il en faut au moins ${fewestQuestions}, telles que les agents les écrivent ; 25 ou plus vont mieux.`,
        ),
      );
    }
  }
  for (const id of smallTalkIntents) {
    if (!intents.has(id))
      problems.push(
        orphan(`intents/${id}.yaml`, 'ce fichier manque', 'Ajoutez-le, avec au moins dix questions.'),
      );
  }
}

function checkReferences({ file, value }: Shaped<FicheFile>, files: ContentFiles, problems: Problem[]): void {
  const refer = (path: YamlPath, name: string, what: string, known: readonly string[]): void => {
    if (known.includes(name)) return;
    const suggestion = suggestName(name, known);
    problems.push(
      file.problemAt(
        path,
        `${what} « ${name} » n'existe pas`,
        suggestion ? `Vouliez-vous écrire « ${suggestion} » ?` : `Existent : ${known.join(', ')}.`,
      ),
    );
  };
  const ficheIds = [...files.fiches.keys()];
  if (files.messages) {
    const { themes, contacts } = files.messages.value;
    refer(['theme'], value.theme, 'le thème', Object.keys(themes));
    value.contacts.forEach((contact, index) => {
      refer(['contacts', index], contact, 'le contact', Object.keys(contacts));
    });
  }
  if (files.lexicon && value.produit !== undefined) {
    refer(['produit'], value.produit, 'le produit', Object.keys(files.lexicon.value.produits));
  }
  value.liens.forEach((link, index) => {
    refer(['liens', index], link, 'la fiche', ficheIds);
  });
  if (value.informations.length === 0 && value.etapes.length === 0 && !value.variantes) {
    problems.push(
      file.problemAt(
        [],
        'cette fiche ne dit rien',
        'Donnez au moins « informations », « etapes » ou « variantes ».',
      ),
    );
  }
  const checkSteps = (steps: readonly StepFile[], path: YamlPath, stepCount: number): void => {
    steps.forEach((step, stepIndex) => {
      step.branches.forEach((branch, branchIndex) => {
        const place = [...path, stepIndex, 'branches', branchIndex, 'vers'];
        if (branch.vers.startsWith('fiche:')) refer(place, branch.vers.slice(6), 'la fiche', ficheIds);
        else if (/^\d+$/.test(branch.vers) && Number(branch.vers) > stepCount) {
          problems.push(
            file.problemAt(
              place,
              `il n'y a pas d'étape ${branch.vers}`,
              `Donnez un numéro de 1 à ${stepCount}.`,
            ),
          );
        }
      });
    });
  };
  const common = value.etapes.length;
  const longest = Math.max(0, ...(value.variantes?.choix.map((choice) => choice.etapes.length) ?? []));
  checkSteps(value.etapes, ['etapes'], common + longest);
  value.variantes?.choix.forEach((choice, index) => {
    checkSteps(choice.etapes, ['variantes', 'choix', index, 'etapes'], common + choice.etapes.length);
  });
}

/** The sentences of the bot: all there, none too many, and only the blanks that the code fills. */
function checkMessages({ file, value }: NonNullable<ContentFiles['messages']>, problems: Problem[]): void {
  const catalogue: Readonly<Record<string, readonly string[]>> = sentenceCatalogue;
  const known = Object.keys(catalogue);
  for (const id of known) {
    if (!(id in value.textes)) {
      problems.push(
        file.problemAt(
          ['textes'],
          `il manque la phrase « ${id} »`,
          `Ajoutez « ${id}: "…" » sous « textes ».`,
        ),
      );
    }
  }
  for (const [id, text] of Object.entries(value.textes)) {
    const blanks = catalogue[id];
    if (!blanks) {
      const suggestion = suggestName(id, known);
      problems.push(
        file.problemAtKey(
          ['textes'],
          id,
          `l'assistant ne dit jamais la phrase « ${id} »`,
          suggestion ? `Vouliez-vous écrire « ${suggestion} » ?` : 'Retirez-la.',
        ),
      );
      continue;
    }
    for (const [, blank = ''] of text.matchAll(/\{([^{}]*)\}/g)) {
      if (!blanks.includes(blank)) {
        problems.push(
          file.problemAt(
            ['textes', id],
            `{${blank}} n'est pas rempli dans cette phrase`,
            blanks.length > 0
              ? `Vous pouvez utiliser ${blanks.map((name) => `{${name}}`).join(', ')}.`
              : 'Cette phrase n’a aucun mot à remplir : retirez les accolades.',
          ),
        );
      }
    }
  }
}

/** The same question in two places teaches the matcher a contradiction. */
function checkDuplicates(files: ContentFiles, problems: Problem[]): void {
  const seen = new Map<string, string>();
  const visit = (id: string, file: YamlFile, path: YamlPath, question: string): void => {
    const key = question
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
    const before = seen.get(key);
    if (before === undefined) seen.set(key, id);
    else {
      problems.push(
        file.problemAt(
          path,
          before === id
            ? 'cette question est déjà dans ce fichier'
            : `cette question est déjà dans intents/${before}.yaml`,
          before === id ? 'Retirez-la.' : 'Gardez-la du côté où la réponse est la bonne.',
        ),
      );
    }
  };
  for (const [id, shaped] of files.intents) {
    shaped?.value.questions.forEach((question, index) => {
      visit(id, shaped.file, ['questions', index], question);
    });
  }
  const { outOfScope } = files;
  outOfScope?.value.themes.forEach((theme, themeIndex) => {
    theme.questions.forEach((question, index) => {
      visit('hors-sujet', outOfScope.file, ['themes', themeIndex, 'questions', index], question);
    });
  });
}
