// One file for vitest: the matcher is trained once for all the dialogues.
import './dialogues/answers.ts';
import './dialogues/guide.ts';
import './dialogues/follow-up.ts';
import './dialogues/manners.ts';
import './dialogues/secrets.ts';
import './dialogues/robustness.ts';
import './dialogues/through-bot.ts';
