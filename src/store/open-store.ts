import { type AuditTable, createAuditTable } from './audit-table.ts';
import { type ConversationTable, createConversationTable } from './conversation-table.ts';
import { createFeedbackTable, type FeedbackTable } from './feedback-table.ts';
import { createGapTable, type GapTable } from './gap-table.ts';
import { createJournal, type Journal } from './journal.ts';
import { createNoticeTable, type NoticeTable } from './notice-table.ts';
import { type DatabaseOptions, openDatabase } from './open-database.ts';
import { createOutgoingTable, type OutgoingTable } from './outgoing-table.ts';
import { createProposalTable, type ProposalTable } from './proposal-table.ts';
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
  readonly proposals: ProposalTable;
  readonly audit: AuditTable;
  /** All or nothing, across tables. `work` must be synchronous. */
  transaction<T>(work: () => T): T;
  /**
   * Whether it takes writes now, as far as can be told without writing; for /readyz. After a failure of SQLite (a full disk
   * shows only when something is written) the answer is no until the next commit; a connected bot makes one at each sync.
   */
  isWritable(): boolean;
  /** Another machine has the same: what is written here without being recorded would be missing there. */
  isShared(): boolean;
  /**
   * Call it after an erasure is committed: until then the -wal file still holds what was erased. False when it has to be
   * called again, because another process was reading.
   */
  emptyLog(): boolean;
  /** Copies what is committed into the empty file `to`, while the store goes on being used. */
  backUp(to: string): Promise<void>;
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
    proposals: createProposalTable(database),
    audit: createAuditTable(database),
    transaction: (work) => database.transaction(work),
    isWritable: () => database.isWritable(),
    isShared: () => database.get(`SELECT 1 FROM sqlite_schema WHERE name = 'replica'`) !== undefined,
    emptyLog: () => database.emptyLog(),
    backUp: (to) => database.backUp(to),
    close: () => database.close(),
  };
}
