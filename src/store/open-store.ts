import { type ConversationTable, createConversationTable } from './conversation-table.ts';
import { createFeedbackTable, type FeedbackTable } from './feedback-table.ts';
import { createGapTable, type GapTable } from './gap-table.ts';
import { createJournal, type Journal } from './journal.ts';
import { createNoticeTable, type NoticeTable } from './notice-table.ts';
import { type Database, openDatabase } from './open-database.ts';
import { createOutgoingTable, type OutgoingTable } from './outgoing-table.ts';
import { createRoomTable, type RoomTable } from './room-table.ts';
import { createSettingsTable, type SettingsTable } from './settings-table.ts';

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
  /** For a table of another room of the house (tickets): same file, same transactions. */
  readonly database: Database;
  /** All or nothing, across tables. `work` must be synchronous. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/**
 * @param path a file, or `:memory:` for the terminal, the browser page and tests
 * @throws an Error in French when the file cannot be used
 */
export function openStore(path: string): Store {
  const database = openDatabase(path);
  return {
    settings: createSettingsTable(database),
    journal: createJournal(database),
    conversations: createConversationTable(database),
    outgoing: createOutgoingTable(database),
    rooms: createRoomTable(database),
    gaps: createGapTable(database),
    notices: createNoticeTable(database),
    feedback: createFeedbackTable(database),
    database,
    transaction: (work) => database.transaction(work),
    close: () => database.close(),
  };
}
