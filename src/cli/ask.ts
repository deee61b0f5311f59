import { loadBrain } from '../brain/load-brain.ts';
import { ContentError } from '../knowledge/load-content.ts';
import { answerJsonLines } from '../local/answer-json-lines.ts';
import { answerOnce } from '../local/answer-once.ts';
import { readOptions, refuseCommand } from './read-options.ts';

const help = `Pose une question à l’assistant, sans Tchap.

  npm run --silent ask -- "question"          la réponse, puis les fiches envisagées avec leur score
  npm run --silent ask -- --json "question"   la même chose en un objet JSON
  npm run --silent ask -- --jsonl             lit des lignes {"id","text"} sur l’entrée standard, chacune une nouvelle
                                              conversation, et écrit une ligne pour chacune, dans l’ordre :
                                              {"id","outcome","intent","fiche","confidence","candidates","text"}
                                              outcome : answer, clarify, fallback, smalltalk ou handoff
                                              une ligne mal formée donne {"id","error"}

Code de sortie : 0, ou 1 quand les fiches sont fausses, 2 quand la commande est mal écrite.`;

const { values, positionals } = readOptions(
  help,
  { json: { type: 'boolean' }, jsonl: { type: 'boolean' } },
  { words: true },
);
const question = positionals.join(' ');
if (!values.jsonl && question.trim() === '') refuseCommand('Il manque la question.', help);

const brain = await loadBrain().catch((error: unknown) => {
  if (!(error instanceof ContentError)) throw error;
  console.error(error.message);
  process.exit(1);
});

if (values.jsonl) {
  await answerJsonLines((line) => {
    if (typeof line['text'] !== 'string') throw new Error('Il manque "text", une chaîne de caractères.');
    return { id: line['id'] ?? null, ...ask(line['text']) };
  });
} else if (values.json) {
  console.log(JSON.stringify(ask(question), null, 2));
} else {
  const answer = ask(question);
  console.log(answer.text);
  console.log(`\n— ${answer.outcome}, confiance ${answer.confidence.toFixed(2)}`);
  for (const { id, score } of answer.candidates) console.log(`  ${score.toFixed(3)}  ${id}`);
}

function ask(text: string) {
  const { turn, body } = answerOnce(brain, text);
  return {
    outcome: turn.outcome === 'silence' ? 'fallback' : turn.outcome,
    intent: turn.intent,
    fiche: turn.fiche,
    confidence: turn.confidence,
    candidates: turn.candidates,
    text: body,
  };
}
