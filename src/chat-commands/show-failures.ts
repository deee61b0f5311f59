import { startsWith } from '../messages/ids.ts';
import { cutText } from '../text/cut-text.ts';
import type { Failure, Failures } from './capabilities.ts';
import { defineChatCommand } from './chat-command.ts';

const mostListed = 20;
const longestReason = 200;

/** What was set aside because it could not be handled: shown without a text, or tried again. */
export const showFailures = defineChatCommand({
  name: 'echecs',
  synonyms: [],
  who: 'administrators',
  when: 'in-turn',
  device: 'any',
  help: 'aide.echecs',
  uses: 'failures',
  parse: (rest) => (rest === '' || /^reprendre$/iu.test(rest) ? { retry: rest !== '' } : null),
  run: (failures, { retry }) => failures.answer(retry ? retryAll(failures) : list(failures)),
});

function retryAll({ retry }: Failures): string {
  const count = retry();
  if (count === 0) return 'Rien n’a été mis de côté.';
  return count === 1
    ? 'Je reprends un événement. S’il échoue encore, je vous préviendrai.'
    : `Je reprends ${count} événements. Si l’un d’eux échoue encore, je vous préviendrai.`;
}

function list({ count, list }: Failures): string {
  const total = count();
  if (total === 0) return 'Rien n’a été mis de côté.';
  const title =
    total === 1 ? 'Un événement a été mis de côté :' : `${total} événements ont été mis de côté :`;
  const lines = list(mostListed).map(describe);
  const left = total - lines.length;
  if (left > 0) lines.push(left === 1 ? '… et un autre, plus ancien.' : `… et ${left} autres, plus anciens.`);
  return `${title}\n${lines.join('\n')}\nPour les reprendre, la cause une fois corrigée : !echecs reprendre`;
}

function describe({ room, type, reason, at }: Failure): string {
  // The address of somebody who has no room with the bot names them.
  const place = startsWith(room, '!') ? `salon ${room}` : 'message privé';
  return `- ${formatMoment(at)}, ${place}, ${nameOf(type)} : ${cutText(reason, longestReason)}`;
}

function nameOf(type: string | null): string {
  switch (type) {
    case null:
      return 'message de l’assistant';
    case 'm.room.encrypted':
      return 'message chiffré';
    case 'm.room.message':
      return 'message';
    case 'm.reaction':
      return 'réaction';
    case 'm.room.redaction':
      return 'suppression';
    default:
      return 'événement';
  }
}

function formatMoment(milliseconds: number): string {
  return new Intl.DateTimeFormat('fr-FR', {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'Europe/Paris',
  }).format(milliseconds);
}
