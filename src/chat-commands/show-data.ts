import { recallProfile } from '../conversation/memory.ts';
import { describeProfile } from '../conversation/profile/describe-profile.ts';
import { say } from '../conversation/rendering/say.ts';
import { defineChatCommand } from './chat-command.ts';
import { takeNothing } from './read-arguments.ts';

/** Tells a person what is kept of them. */
export const showData = defineChatCommand({
  name: 'mes-donnees',
  synonyms: [],
  who: 'everybody',
  when: 'in-turn',
  device: 'any',
  help: 'aide.mes-donnees',
  uses: 'personalData',
  parse: takeNothing,
  run({ agent, store, tickets, content, answerPrivately }) {
    const events = store.journal.summaryOf(agent);
    // What was told last holds, wherever it was told.
    const profile = Object.assign({}, ...store.conversations.listOf(agent).map(recallProfile));
    const known = describeProfile(profile, content.profile);
    const lines = [
      ...(known === '' ? [] : [say(content, 'mes-donnees-profil', { valeurs: known })]),
      say(content, 'mes-donnees-evenements', {
        nombre: events.events,
        depuis: events.oldest === null ? '-' : formatDay(events.oldest),
      }),
      say(content, 'mes-donnees-textes', { nombre: events.withText }),
      say(content, 'mes-donnees-conversations', { nombre: store.conversations.countOf(agent) }),
      say(content, 'mes-donnees-questions', { nombre: store.feedback.countOf(agent) }),
      say(content, 'mes-donnees-demandes', { nombre: tickets?.countOf(agent) ?? 0 }),
    ];
    answerPrivately([
      { type: 'heading', text: say(content, 'mes-donnees-titre') },
      { type: 'bullets', items: lines.map((text) => ({ text })) },
      { type: 'paragraph', text: say(content, 'mes-donnees-effacer') },
    ]);
  },
});

function formatDay(milliseconds: number): string {
  return new Intl.DateTimeFormat('fr-FR', { dateStyle: 'long', timeZone: 'Europe/Paris' }).format(
    milliseconds,
  );
}
