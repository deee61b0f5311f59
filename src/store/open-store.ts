import { type ConversationTable, createConversationTable } from './conversation-table.ts';
import { createFeedbackTable, type FeedbackTable } from './feedback-table.ts';
import { createGapTable, type GapTable } from './gap-table.ts';
import { createJournal, type Journal } from './journal.ts';
import { createNoticeTable, type NoticeTable } from './notice-table.ts';
import { type DatabaseOptions, openDatabase } from './open-database.ts';
import { createOutgoingTable, type OutgoingTable } from './outgoing-table.ts';
import { createRoomTable, type RoomTable } from './room-table.ts';
import { createSettingsTable, type SettingsTable } from './settings-table.ts';
import { createTicketMessageTable, type TicketMessageTable } from './ticket-message-table.ts';
import { createTicketTable, type TicketTable } from './ticket-table.ts';

/** Everything that outlives the process, in one SQLite file. */
export interface Store {
  readonly settings: SettingsTable;
  readonly journal: Journal;
  readonly conversations: ConversationTable;
  readonly outgoing: OutgoingTable;
  readonly rooms: RoomTable;
  readonly gaps: GapTable;
  readonly notices: NoticeTable;
  readonly feedback: FeedbackTable;
  readonly tickets: TicketTable;
  readonly ticketMessages: TicketMessageTable;
  /** All or nothing, across tables. `work` must be synchronous. */
  transaction<T>(work: () => T): T;
  /**
   * Would a write succeed, as far as one can know without writing? False when SQLite has failed since the last commit (a
   * full disk tells itself no earlier than at a write), or when the lock that a write needs is refused. A store that has
   * failed is believed again after its next commit; a bot that is connected makes one at each sync.
   */
  checkWritable(): boolean;
  close(): void;
}

/**
 * @param path a file, or `:memory:` for the terminal, the browser page and tests
 * @throws an Error in French when the file cannot be used
 */
export function openStore(path: string, options: DatabaseOptions = {}): Store {
  const database = openDatabase(path, options);
  return {
    settings: createSettingsTable(database),
    journal: createJournal(database),
    conversations: createConversationTable(database),
    outgoing: createOutgoingTable(database),
    rooms: createRoomTable(database),
    gaps: createGapTable(database),
    notices: createNoticeTable(database),
    feedback: createFeedbackTable(database),
    tickets: createTicketTable(database),
    ticketMessages: createTicketMessageTable(database),
    transaction: (work) => database.transaction(work),
    checkWritable: () => database.checkWritable(),
    close: () => database.close(),
  };
}
