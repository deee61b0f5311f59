import type { Content, TargetName } from './content.ts';
import { dialogueActs } from './dialogue-acts.ts';
import type { ContentFiles } from './reading/content-files.ts';

/** Profile, acts, diagnostic questions and labelled conversations; each empty where its file is not there. */
export function buildDialogue(
  files: Pick<ContentFiles, 'profile' | 'acts' | 'diagnostics' | 'contexts'>,
): Pick<Content, 'profile' | 'otherPeople' | 'acts' | 'diagnostics' | 'conversations'> {
  return {
    profile: (files.profile?.value.emplacements ?? []).map(({ id, titre, valeurs }) => ({
      id,
      title: titre,
      values: valeurs.map((value) => ({
        id: value.id,
        title: value.titre,
        words: value.mots,
        gives: new Map(Object.entries(value.donne)),
      })),
    })),
    otherPeople: files.profile?.value['autres-personnes'] ?? [],
    acts: Object.entries(files.acts?.value.actes ?? {}).map(([name, questions]) => ({
      id: actOf(name),
      questions,
    })),
    diagnostics: (files.diagnostics?.value.questions ?? []).map((asked) => ({
      id: asked.id,
      triggers: asked.declencheurs,
      question: asked.question,
      choices: asked.choix.map(({ fiche, fait, libelle }) => ({ fiche, fact: fait ?? null, label: libelle })),
    })),
    conversations: (files.contexts?.value.conversations ?? []).map(({ tours }) =>
      tours.map(({ dit, vise, attend, choix }) => ({
        text: dit,
        target: readTarget(vise),
        awaited: attend ?? null,
        choices: choix ?? [],
      })),
    ),
  };
}

/** A name that the code does not know is told by the checks; it stays as it is until then. */
const actOf = (name: string): string => (dialogueActs as Readonly<Record<string, string>>)[name] ?? name;

/** The shape has been checked: fiche:x, fait:x/y, acte:x or hors. */
function readTarget(text: string): TargetName {
  const [kind, rest = ''] = text.split(':');
  switch (kind) {
    case 'fiche':
      return { kind: 'fiche', fiche: rest };
    case 'fait': {
      const [fiche = '', fact = ''] = rest.split('/');
      return { kind: 'fact', fiche, fact };
    }
    case 'acte':
      return { kind: 'act', act: actOf(rest) };
    default:
      return { kind: 'none' };
  }
}
