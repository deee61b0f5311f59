// One file for vitest: the matcher is trained once for all the dialogues.
import './answers.ts';
import './context.ts';
import './guide.ts';
import './follow-up.ts';
import './manners.ts';
import './secrets.ts';
import './robustness.ts';
import './through-bot.ts';
