/** The other side of check-aside.ts. */
import { readContent } from '../load-content.ts';
import { sortProblems } from '../problem.ts';
import { lintContent } from './lint-content.ts';

// Ctrl-C reaches this process too: it ends with the one that asked.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());
const [, , root = '', today = ''] = process.argv;
const { files, problems, version } = await readContent(root);
// Nobody may be there any more to hear of it.
process.send?.(
  { problems: sortProblems([...problems, ...lintContent(files, today)]), version },
  () => undefined,
);
