import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

export interface Questions {
  /** The answer, or `otherwise` when it is left empty. Rejects without a keyboard, or with GaveUp. */
  ask(question: string, otherwise: string | undefined): Promise<string>;
  /** Nothing of the answer is shown. */
  askSecret(question: string): Promise<string>;
}

/** The person at the keyboard pressed Ctrl-C or Ctrl-D instead of answering. */
export class GaveUp extends Error {
  override readonly name = 'GaveUp';
  /** 130 is what shells give for Ctrl-C. */
  readonly exitCode: 1 | 130;

  constructor(exitCode: 1 | 130) {
    super('the person at the keyboard gave up');
    this.exitCode = exitCode;
  }
}

/** Questions in the terminal, which is left as it was after each: Ctrl-C then ends the command as usual. */
export function createQuestions(): Questions {
  return {
    ask: async (question, otherwise) =>
      (await read(otherwise ? `${question} [${otherwise}] : ` : `${question} : `, false)) ||
      (otherwise ?? ''),
    askSecret: (question) => read(`${question} (rien ne s’affiche) : `, true),
  };
}

async function read(label: string, hidden: boolean): Promise<string> {
  if (process.stdin.isTTY !== true) {
    throw new Error(
      `Il manque une réponse, et personne n’est au clavier : « ${label.replace(/ : $/u, '')} ». Voyez npm run setup -- --help.`,
    );
  }
  let muted = false;
  const output = new Writable({
    write(chunk, _encoding, done) {
      if (!muted) process.stdout.write(chunk);
      done();
    },
  });
  // Without the width, a label of two lines would be drawn again below itself when the answer is corrected.
  Object.defineProperty(output, 'columns', { get: () => process.stdout.columns });
  // No history: the arrow up would show the line before, which may be a password.
  const terminal = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
  const gaveUp = new Promise<never>((_resolve, reject) => {
    terminal.once('SIGINT', () => reject(new GaveUp(130)));
    terminal.once('close', () => reject(new GaveUp(1)));
  });
  gaveUp.catch(() => undefined);
  try {
    // The label goes through readline, which draws the line anew and would erase what it did not write itself.
    const answer = terminal.question(label);
    answer.catch(() => undefined);
    muted = hidden;
    return (await Promise.race([gaveUp, answer])).trim();
  } finally {
    terminal.close();
    if (hidden) process.stdout.write('\n');
  }
}
