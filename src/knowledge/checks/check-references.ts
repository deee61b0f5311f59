import type { Complaint, Problem } from '../problem.ts';
import type { ContentFiles, Shaped } from '../reading/content-files.ts';
import type { FicheFile, StepFile } from '../reading/file-shapes.ts';
import type { YamlPath } from '../reading/yaml-file.ts';
import { explainUnknown, type UnknownName } from './explain-unknown.ts';

/** A place in a fiche, and what is wrong there. */
type Complained = readonly [path: YamlPath, complaint: Complaint];

/** What a fiche names exists: its theme, product, contacts, linked fiches, and the targets of its branches. */
export function checkReferences(files: ContentFiles): Problem[] {
  return [...files.fiches.values()].flatMap((shaped) => {
    if (!shaped) return [];
    const complaints = [
      ...checkNames(shaped, files),
      ...checkSubstance(shaped.value),
      ...checkBranches(shaped.value, [...files.fiches.keys()]),
    ];
    return complaints.map(([path, complaint]) => shaped.file.problemAt(path, complaint));
  });
}

/** Nothing when the name is known. */
function refer(path: YamlPath, code: UnknownName, name: string, known: readonly string[]): Complained[] {
  return known.includes(name) ? [] : [[path, explainUnknown(code, name, known)]];
}

/** Names kept in a file that is missing or misshapen are not checked: its own problems come first. */
function checkNames({ value }: Shaped<FicheFile>, files: ContentFiles): Complained[] {
  const { messages, lexicon } = files;
  const ofMessages = messages
    ? [
        ...refer(['theme'], 'unknown-theme', value.theme, Object.keys(messages.value.themes)),
        ...value.contacts.flatMap((contact, index) =>
          refer(['contacts', index], 'unknown-contact', contact, Object.keys(messages.value.contacts)),
        ),
      ]
    : [];
  const ofLexicon =
    lexicon && value.produit !== undefined
      ? refer(['produit'], 'unknown-product', value.produit, Object.keys(lexicon.value.produits))
      : [];
  const fiches = [...files.fiches.keys()];
  const ofFacts = value.faits.flatMap((fact, index) =>
    fact['mene-a'] === undefined
      ? []
      : refer(['faits', index, 'mene-a'], 'unknown-fiche', fact['mene-a'], fiches),
  );
  const ofFiches = value.liens.flatMap((link, index) =>
    refer(['liens', index], 'unknown-fiche', link, fiches),
  );
  return [...ofMessages, ...ofLexicon, ...ofFacts, ...ofFiches];
}

function checkSubstance({ informations, etapes, variantes }: FicheFile): Complained[] {
  if (informations.length > 0 || etapes.length > 0 || variantes) return [];
  return [
    [
      [],
      {
        code: 'empty-fiche',
        message: 'cette fiche ne dit rien',
        remedy: 'Donnez au moins « informations », « etapes » ou « variantes ».',
      },
    ],
  ];
}

/** Common steps may lead into the steps of a variant, which come after them in what the agent sees. */
function checkBranches({ etapes, variantes }: FicheFile, ficheIds: readonly string[]): Complained[] {
  const choices = variantes?.choix ?? [];
  const longest = Math.max(0, ...choices.map((choice) => choice.etapes.length));
  return [
    ...checkSteps(etapes, ['etapes'], etapes.length + longest, ficheIds),
    ...choices.flatMap((choice, index) =>
      checkSteps(
        choice.etapes,
        ['variantes', 'choix', index, 'etapes'],
        etapes.length + choice.etapes.length,
        ficheIds,
      ),
    ),
  ];
}

function checkSteps(
  steps: readonly StepFile[],
  path: YamlPath,
  stepCount: number,
  ficheIds: readonly string[],
): Complained[] {
  return steps.flatMap((step, stepIndex) =>
    step.branches.flatMap(({ vers }, branchIndex): Complained[] => {
      const place = [...path, stepIndex, 'branches', branchIndex, 'vers'];
      if (vers.startsWith('fiche:'))
        return refer(place, 'unknown-fiche', vers.slice('fiche:'.length), ficheIds);
      if (!/^\d+$/.test(vers) || Number(vers) <= stepCount) return [];
      return [
        [
          place,
          {
            code: 'unknown-step',
            message: `il n’y a pas d’étape ${vers}`,
            remedy: `Donnez un numéro de 1 à ${stepCount}.`,
          },
        ],
      ];
    }),
  );
}
