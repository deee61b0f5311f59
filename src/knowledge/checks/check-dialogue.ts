import { dialogueActs } from '../dialogue-acts.ts';
import type { Complaint, Problem } from '../problem.ts';
import type { ContentFiles } from '../reading/content-files.ts';
import { explainUnknown } from './explain-unknown.ts';
import { findDuplicateIds } from './find-duplicate-ids.ts';
import { findSharedTexts } from './find-shared-texts.ts';

const actNames = Object.keys(dialogueActs);

/** What vagues.yaml, contextes.yaml and actes.yaml name exists, and each message does one thing. */
export function checkDialogue(files: ContentFiles): Problem[] {
  return [...checkDiagnostics(files), ...checkConversations(files), ...checkActs(files)];
}

function checkDiagnostics({ diagnostics, fiches }: ContentFiles): Problem[] {
  if (!diagnostics) return [];
  const { file, value } = diagnostics;
  const unknown = value.questions.flatMap(({ choix }, question) =>
    choix.flatMap(({ fiche, fait }, index) => {
      const path = ['questions', question, 'choix', index];
      if (!fiches.has(fiche))
        return [
          file.problemAt([...path, 'fiche'], explainUnknown('unknown-fiche', fiche, [...fiches.keys()])),
        ];
      const facts = fiches.get(fiche)?.value.faits.map(({ id }) => id);
      return fait === undefined || facts === undefined || facts.includes(fait)
        ? []
        : [file.problemAt([...path, 'fait'], explainUnknown('unknown-fact', fait, facts, `de ${fiche}`))];
    }),
  );
  return [...findDuplicateIds(file, ['questions'], value.questions), ...unknown];
}

function checkConversations(files: ContentFiles): Problem[] {
  if (!files.contexts) return [];
  const { file, value } = files.contexts;
  const ficheIds = [...files.fiches.keys()];
  return value.conversations.flatMap(({ tours }, conversation) =>
    tours.flatMap(({ vise, choix = [] }, turn) => {
      const path = ['conversations', conversation, 'tours', turn];
      const complaint = explainTarget(vise, files, ficheIds);
      return [
        ...(complaint ? [file.problemAt([...path, 'vise'], complaint)] : []),
        ...choix.flatMap((fiche, index) =>
          files.fiches.has(fiche)
            ? []
            : [file.problemAt([...path, 'choix', index], explainUnknown('unknown-fiche', fiche, ficheIds))],
        ),
      ];
    }),
  );
}

/** Null when `target`, whose shape has been checked, is there: fiche:x, fait:x/y, acte:x or hors. */
function explainTarget(
  target: string,
  { fiches }: ContentFiles,
  ficheIds: readonly string[],
): Complaint | null {
  const [kind, rest = ''] = target.split(':');
  if (kind === 'acte') return actNames.includes(rest) ? null : explainUnknown('unknown-act', rest, actNames);
  if (kind !== 'fiche' && kind !== 'fait') return null;
  const [id = '', factId] = rest.split('/');
  const fiche = fiches.get(id);
  if (fiche === undefined) return explainUnknown('unknown-fiche', id, ficheIds);
  // A fiche that is there and misshapen has its own problems: which facts it has is not known.
  if (factId === undefined || fiche === null) return null;
  const facts = fiche.value.faits.map((fact) => fact.id);
  return facts.includes(factId) ? null : explainUnknown('unknown-fact', factId, facts, `de ${id}`);
}

function checkActs({ acts }: ContentFiles): Problem[] {
  if (!acts) return [];
  const { file, value } = acts;
  const unknown = Object.keys(value.actes)
    .filter((name) => !actNames.includes(name))
    .map((name) => file.problemAtKey(['actes'], name, explainUnknown('unknown-act', name, actNames)));
  const messages = Object.entries(value.actes).flatMap(([owner, texts]) =>
    texts.map((text, index) => ({ owner, text, path: ['actes', owner, index] })),
  );
  const shared = findSharedTexts(messages).map(({ shared: { owner, path }, first }) =>
    file.problemAt(path, {
      code: 'duplicate-message',
      message: `ce message est déjà un exemple de l’acte « ${first.owner} »`,
      remedy: `Gardez-le sous « ${first.owner} » ou sous « ${owner} », pas sous les deux.`,
    }),
  );
  return [...unknown, ...shared];
}
