import type { ChatCommand } from './chat-command.ts';
import { claim } from './claim.ts';
import { close } from './close.ts';
import { confirmDevice } from './confirm-device.ts';
import { eraseData } from './erase-data.ts';
import { listReplies } from './list-replies.ts';
import { listTickets } from './list-tickets.ts';
import { note } from './note.ts';
import { prioritise } from './prioritise.ts';
import { refuseDevice } from './refuse-device.ts';
import { release } from './release.ts';
import { reloadFiles } from './reload-files.ts';
import { remind } from './remind.ts';
import { rename } from './rename.ts';
import { reply } from './reply.ts';
import { showData } from './show-data.ts';
import { showFailures } from './show-failures.ts';
import { showHelp } from './show-help.ts';
import { showReport } from './show-report.ts';
import { showVersion } from './show-version.ts';
import { transfer } from './transfer.ts';
import { writeTo } from './write-to.ts';

/** Every chat command, in the order of `!aide`. */
export const chatCommands: readonly ChatCommand[] = [
  claim,
  close,
  release,
  transfer,
  note,
  reply,
  listReplies,
  rename,
  prioritise,
  remind,
  writeTo,
  listTickets,
  showReport,
  showVersion,
  reloadFiles,
  showFailures,
  confirmDevice,
  refuseDevice,
  showData,
  eraseData,
  showHelp,
];
