import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { config as loadDotenv } from 'dotenv';
import { ConfigError, readConfig } from '../config.ts';
import { maskPersonalData } from '../conversation/reading/mask-personal-data.ts';
import { adoptQuestion } from '../knowledge/editing/adopt-question.ts';
import { groupAlike } from '../knowledge/editing/group-alike.ts';
import { readContent } from '../knowledge/load-content.ts';
import { localStorePath } from '../local/local-store-path.ts';
import { type UnansweredQuestion, unansweredId } from '../store/feedback-table.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { readOptions, refuseCommand, resolveTyped } from './read-options.ts';

const help = `Montre les questions que l’assistant n’a pas comprises ou qui ont mal fini, groupées par ressemblance, noms et secrets masqués.

  npm run questions                                     les 30 derniers jours
  npm run questions -- --jours 7                        une autre durée
  npm run questions -- --adopt ID=fiche                 ajoute la question aux questions de la fiche, puis vérifie tout
  npm run questions -- --adopt ID=fiche --texte "…"     la même chose, avec vos mots
  npm run questions -- --ecarter ID                     la question n’intéresse pas : elle ne sera plus montrée
  npm run questions -- --base FICHIER                   une autre base que celle des réglages (DATA_DIR)

Une question adoptée est ajoutée à intents/<fiche>.yaml ; un assistant en marche la reprend aussitôt.

Code de sortie : 0, ou 1 quand une question n’a pas pu être adoptée, 2 quand la commande ou les réglages sont faux.`;

loadDotenv({ quiet: true });
const { values } = readOptions(help, {
  jours: { type: 'string' },
  adopt: { type: 'string', multiple: true },
  texte: { type: 'string' },
  ecarter: { type: 'string', multiple: true },
  base: { type: 'string' },
});
const days = Number(values.jours ?? 30);
if (!Number.isFinite(days) || days <= 0)
  refuseCommand(`--jours ${values.jours} n’est pas un nombre de jours.`, help);
const config = readSettings();
const path = findBase();
if (!existsSync(path)) {
  console.log(
    `Aucune question pour le moment : ${path} n’existe pas encore (l’assistant le crée en démarrant).`,
  );
  process.exit(0);
}
const store = openStore(path);
if ((values.adopt || values.ecarter) && store.isShared()) {
  console.error(
    'Ces données sont partagées entre plusieurs machines (STANDBY_URL) : seule celle qui travaille peut y écrire. Ajoutez la question au fichier de sa fiche, dans intents/ ; la question notée ici s’efface après RETENTION_DAYS jours.',
  );
  process.exit(1);
}
const since = Date.now() - days * 86_400_000;
const questions = store.feedback.readUnanswered(since).reverse();
let failed = false;
for (const id of values.ecarter ?? []) dismiss(id);
for (const adoption of values.adopt ?? []) await adopt(adoption);
if (!values.adopt && !values.ecarter) await show(questions, store);
store.close();
process.exit(failed ? 1 : 0);

function findBase(): string {
  if (values.base !== undefined) return resolveTyped(values.base);
  return config.matrix ? join(config.dataDir, 'assistant.db') : localStorePath(config.dataDir);
}

async function adopt(adoption: string): Promise<void> {
  const [id = '', fiche = ''] = adoption.split('=');
  const question = find(id);
  if (!question) return;
  if (fiche === '') return fail(`--adopt ${adoption} : écrivez ID=fiche, par exemple ${id}=noemi-vpn.`);
  const masked = maskPersonalData(question.text);
  const text = values.texte ?? masked;
  if (text.includes('…') && values.texte === undefined) {
    return fail(`${id} : des mots sont masqués (${masked}). Donnez la question avec vos mots : --texte "…"`);
  }
  const result = await adoptQuestion(config.contentDir, fiche, text);
  if (result.type === 'refused') return fail(`${id} : ${result.reason}`);
  for (const same of questions.filter((other) => other.text === question.text))
    store.feedback.forgetText(same.turnId);
  console.log(
    `${id} : « ${text} » est ajoutée à ${result.file} (${result.count} questions). Fichiers vérifiés, aucune erreur.`,
  );
}

function dismiss(id: string): void {
  const question = find(id);
  if (!question) return;
  store.feedback.forgetText(question.turnId);
  console.log(`${id} : écartée.`);
}

function find(id: string): UnansweredQuestion | undefined {
  const question = questions.find(({ turnId }) => unansweredId(turnId) === id);
  if (!question) fail(`${id} : aucune question de ce nom sur ${days} jours. La liste : npm run questions`);
  return question;
}

function fail(message: string): void {
  failed = true;
  console.error(message);
}

async function show(questions: readonly UnansweredQuestion[], store: Store): Promise<void> {
  const { content } = await readContent(config.contentDir);
  const titleOf = (id: string): string => {
    const title = content?.fiches.get(id)?.title;
    return title ? `${id} (${title})` : id;
  };
  const groups = groupAlike(
    questions.map((question) => ({ ...question, text: maskPersonalData(question.text) })),
    ({ text }) => text,
  );
  console.log(
    questions.length === 0
      ? `Aucune question sans bonne réponse sur ${days} jours.`
      : `${questions.length} questions sans bonne réponse sur ${days} jours, en ${groups.length} groupes.\n`,
  );
  for (const group of groups) {
    const nearest = group.find(({ nearest }) => nearest !== null)?.nearest ?? null;
    console.log(
      `${group.length} fois. Fiche la plus proche : ${nearest === null ? 'aucune' : titleOf(nearest)}`,
    );
    for (const { turnId, text } of distinct(group)) console.log(`  ${unansweredId(turnId)}  ${text}`);
    console.log('');
  }
  if (groups.length > 0) console.log('Pour en adopter une : npm run questions -- --adopt ID=fiche\n');
  showHandedOver(store, titleOf, (id, step) => content?.fiches.get(id)?.steps[step - 1]?.text ?? null);
}

/** The first five of different words. */
function distinct(group: readonly UnansweredQuestion[]): UnansweredQuestion[] {
  return [...new Map(group.map((question) => [question.text.toLowerCase(), question])).values()].slice(0, 5);
}

/** Where the knowledge was not enough: the fiche and its step, what came of it, what the operators wrote down. */
function showHandedOver(
  store: Store,
  titleOf: (id: string) => string,
  stepOf: (fiche: string, step: number) => string | null,
): void {
  const gaps = store.tickets.readGaps(since);
  if (gaps.length === 0) return;
  const { resolved, unresolved, unanswered } = store.tickets.countSatisfaction(since);
  console.log(
    `\nDemandes passées à un conseiller et closes : ${gaps.length} (résolues : ${resolved}, non résolues : ${unresolved}, sans avis : ${unanswered}). Ce qui manquait peut-être aux fiches :\n`,
  );
  for (const { number, fiche, step, resolved, notes } of gaps) {
    const outcome = resolved === null ? 'sans avis' : resolved ? 'résolue' : 'non résolue';
    const place =
      fiche === null ? 'sans fiche' : `${titleOf(fiche)}${step === null ? '' : `, étape ${step}`}`;
    console.log(`  n° ${number}, ${outcome}, ${place}`);
    const text = fiche === null || step === null ? null : stepOf(fiche, step);
    if (text !== null) console.log(`    étape : ${text}`);
    for (const note of notes) console.log(`    note : ${maskPersonalData(note)}`);
  }
}

function readSettings() {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exit(2);
  }
}
