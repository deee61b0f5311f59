import { existsSync } from 'node:fs';
import { access, constants, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lintFiche } from '../../knowledge/checks/lint-content.ts';
import type { Content } from '../../knowledge/content.ts';
import {
  type EditedFiche,
  ficheFile,
  intentFile,
  readEditedFiche,
  writeEditedFiche,
} from '../../knowledge/editing/fiche-files.ts';
import { renameFiche } from '../../knowledge/editing/rename-fiche.ts';
import { formatProblem, type Problem } from '../../knowledge/problem.ts';
import { replyOf } from '../list-fiches.ts';
import type { FicheCheck, FicheSource, FicheVersions, SaveAnswer } from '../page-view.ts';
import { commitFiles } from './commit-files.ts';
import { type Changes, type ContentFolder, type Texts, versionOf, type Written } from './content-folder.ts';

/** Fiches taken out of service wait here: the bot reads only intents/ and knowledge/. */
const restingFolder = '.retirees';

export interface FicheWorkshop {
  /** null: there is no such fiche, or its file does not parse. */
  read(id: string): Promise<FicheSource | null>;
  check(id: string, edited: EditedFiche): Promise<FicheCheck>;
  save(
    who: string,
    order: { id: string; versions: FicheVersions; edited: EditedFiche; commit: boolean },
  ): Promise<SaveAnswer>;
  rename(who: string, id: string, to: string): Promise<SaveAnswer>;
  /** Out of service, back into it, or gone; undo brings it back either way. */
  move(who: string, id: string, where: 'rest' | 'service' | 'away'): Promise<SaveAnswer>;
  undo(who: string, entry: number): Promise<SaveAnswer>;
  listResting(): Promise<readonly string[]>;
  /** null: the files can be changed; otherwise why not, in French. */
  whyReadOnly(): Promise<string | null>;
}

export function createFicheWorkshop(
  folder: ContentFolder,
  content: () => Content,
  readFiles: (
    entry: number,
  ) => readonly { file: string; before: string | null; after: string | null }[] | null,
  clock: () => number,
): FicheWorkshop {
  const canCommit = existsSync(join(folder.root, '.git'));

  return {
    async read(id) {
      const texts = await folder.read();
      const { knowledge, intents } = textsOf(texts, id);
      const edited = readEditedFiche({ knowledge, intents });
      if (knowledge === '' || !edited) return null;
      return {
        id,
        versions: versionsOf(texts, id),
        ...edited,
        voices: (content().intents.find((intent) => intent.id === id)?.writers ?? []).filter(
          (writer) => writer !== null,
        ).length,
        canCommit,
      };
    },

    async check(id, edited) {
      const texts = await folder.read();
      const changes = writeChanges(texts, id, edited);
      const { reading, problems } = folder.draft(texts, changes);
      const lints = lintFiche(reading.files, id, new Date(clock()).toISOString().slice(0, 10));
      const fiche = reading.content?.fiches.get(id);
      return {
        ...sortByField([...problems, ...lints], id),
        html: fiche && reading.content ? replyOf(fiche, reading.content) : null,
      };
    },

    async save(who, { id, versions, edited, commit }) {
      const answer = await folder.change<SaveAnswer>(async (texts) => {
        const now = versionsOf(texts, id);
        const changes = writeChanges(texts, id, edited);
        if (now.knowledge !== versions.knowledge || now.intents !== versions.intents) {
          return {
            instead: { type: 'conflict', versions: now, yours: show(changes, id), theirs: show(texts, id) },
          };
        }
        const action = now.knowledge === null ? 'fiche-added' : 'fiche-saved';
        return { who, action, object: id, changes: onlyChanged(texts, changes) };
      });
      const saved = toAnswer(answer);
      if (saved.type === 'saved' && commit && canCommit) {
        const refusal = await commitFiles(folder.root, [ficheFile(id), intentFile(id)], who, id);
        return { ...saved, notCommitted: refusal };
      }
      return saved;
    },

    async rename(who, id, to) {
      return toAnswer(
        await folder.change<SaveAnswer>(async (texts) => {
          if (texts.has(ficheFile(to)) || texts.has(intentFile(to)))
            return refuse(`Il y a déjà une fiche « ${to} ».`);
          if (!texts.has(ficheFile(id))) return refuse(`Il n’y a pas de fiche « ${id} ».`);
          return {
            who,
            action: 'fiche-renamed',
            object: `${id} → ${to}`,
            changes: renameFiche(texts, id, to),
          };
        }),
      );
    },

    async move(who, id, where) {
      return toAnswer(
        await folder.change<SaveAnswer>(async (texts) => {
          const changes = new Map<string, string | null>();
          for (const file of [ficheFile(id), intentFile(id)]) {
            const resting = `${restingFolder}/${file}`;
            const [from, to] = where === 'service' ? [resting, file] : [file, resting];
            const text = await folder.readText(from);
            if (text === null) continue;
            changes.set(from, null);
            if (where !== 'away') changes.set(to, text);
          }
          if (changes.size === 0) return refuse(`Il n’y a pas de fiche « ${id} » à déplacer.`);
          if (where === 'service' && texts.has(ficheFile(id)))
            return refuse(`La fiche « ${id} » est déjà en service.`);
          const actions = {
            rest: 'fiche-disabled',
            service: 'fiche-enabled',
            away: 'fiche-deleted',
          } as const;
          return { who, action: actions[where], object: id, changes };
        }),
      );
    },

    async undo(who, entry) {
      return toAnswer(
        await folder.change<SaveAnswer>(async () => {
          const files = readFiles(entry);
          if (!files)
            return refuse('Cet enregistrement ne peut plus être annulé : ses fichiers ne sont plus gardés.');
          for (const { file, after } of files) {
            if ((await folder.readText(file)) !== after)
              return refuse(`${file} a changé depuis : annulez d’abord ce qui est venu après.`);
          }
          const changes = new Map(files.map(({ file, before }) => [file, before]));
          const names = files.map(({ file }) => file.replace(/^.*\/|\.yaml$/g, ''));
          return { who, action: 'save-undone', object: [...new Set(names)].join(', '), changes };
        }),
      );
    },

    async listResting() {
      const names = await readdir(join(folder.root, restingFolder, 'knowledge')).catch(() => []);
      return names.filter((name) => name.endsWith('.yaml')).map((name) => name.replace(/\.yaml$/, ''));
    },

    async whyReadOnly() {
      try {
        for (const part of ['', 'intents', 'knowledge'])
          await access(join(folder.root, part), constants.W_OK);
        return null;
      } catch {
        return `Le dossier des fiches (${folder.root}) ne s’écrit pas depuis la page : voyez « Où sont les fiches » dans le guide d’installation.`;
      }
    },
  };
}

function textsOf(texts: Texts, id: string): { knowledge: string; intents: string } {
  return { knowledge: texts.get(ficheFile(id)) ?? '', intents: texts.get(intentFile(id)) ?? '' };
}

function versionsOf(texts: Texts, id: string): FicheVersions {
  return { knowledge: versionOf(texts.get(ficheFile(id))), intents: versionOf(texts.get(intentFile(id))) };
}

function writeChanges(texts: Texts, id: string, edited: EditedFiche): Map<string, string> {
  const { knowledge, intents } = writeEditedFiche(textsOf(texts, id), edited);
  return new Map([
    [ficheFile(id), knowledge],
    [intentFile(id), intents],
  ]);
}

function onlyChanged(texts: Texts, changes: Map<string, string>): Map<string, string> {
  return new Map([...changes].filter(([file, text]) => texts.get(file) !== text));
}

function show(changes: Changes, id: string): { knowledge: string; intents: string } {
  return { knowledge: changes.get(ficheFile(id)) ?? '', intents: changes.get(intentFile(id)) ?? '' };
}

function refuse(reason: string): { readonly instead: SaveAnswer } {
  return { instead: { type: 'refused', reasons: [reason] } };
}

function toAnswer(written: Written | { readonly instead: SaveAnswer }): SaveAnswer {
  if ('instead' in written) return written.instead;
  return written.type === 'written'
    ? { type: 'saved', version: written.version, entry: written.entry, notCommitted: null }
    : { type: 'refused', reasons: written.problems.map(formatProblem) };
}

function sortByField(problems: readonly Problem[], id: string): Pick<FicheCheck, 'fields' | 'others'> {
  const fileOf = new Map([
    [ficheFile(id), 'knowledge' as const],
    [intentFile(id), 'intents' as const],
  ]);
  return {
    fields: problems.flatMap(({ file, path, severity, message, remedy }) => {
      const own = fileOf.get(file);
      return own === undefined ? [] : [{ file: own, path: path ?? [], severity, message, remedy }];
    }),
    others: problems.filter(({ file }) => !fileOf.has(file)).map(formatProblem),
  };
}
