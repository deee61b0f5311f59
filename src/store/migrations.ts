/**
 * One entry a version, applied in order and never edited once released: `PRAGMA user_version` counts them.
 * Times are milliseconds since the epoch. Columns that hold what people wrote (`raw`, `state`, `content`, `encrypted`,
 * `text`) are emptied once the text is not needed any more; see erase-old-data.ts and docs/donnees-personnelles.md.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE journal (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id     TEXT NOT NULL UNIQUE,
    room         TEXT NOT NULL,
    sender       TEXT NOT NULL,
    conversation TEXT,
    status       TEXT NOT NULL CHECK (status IN ('waiting', 'undecryptable', 'done', 'ignored', 'failed')),
    reason       TEXT,
    session      TEXT,
    sent_at      INTEGER NOT NULL,
    received_at  INTEGER NOT NULL,
    late         INTEGER NOT NULL DEFAULT 0,
    raw          TEXT
  ) STRICT;
  CREATE INDEX journal_unfinished ON journal (seq) WHERE status IN ('waiting', 'undecryptable');
  CREATE INDEX journal_session ON journal (room, session) WHERE status = 'undecryptable';
  CREATE INDEX journal_sender ON journal (sender, sent_at);
  CREATE INDEX journal_room ON journal (room, sent_at);
  CREATE INDEX journal_conversation ON journal (conversation) WHERE conversation IS NOT NULL;

  CREATE TABLE conversation (
    key        TEXT PRIMARY KEY,
    room       TEXT NOT NULL,
    person     TEXT NOT NULL,
    state      TEXT NOT NULL,
    touched_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX conversation_age ON conversation (touched_at);
  CREATE INDEX conversation_person ON conversation (person);

  CREATE TABLE outgoing (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    id           TEXT NOT NULL UNIQUE,
    kind         TEXT NOT NULL,
    turn         TEXT NOT NULL,
    conversation TEXT NOT NULL,
    address      TEXT NOT NULL,
    person       TEXT NOT NULL,
    thread       TEXT,
    status       TEXT NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'sent', 'failed', 'cancelled')),
    attempted    INTEGER NOT NULL DEFAULT 0,
    reason       TEXT,
    event_id     TEXT,
    room         TEXT,
    created_at   INTEGER NOT NULL,
    content      TEXT,
    encrypted    TEXT
  ) STRICT;
  CREATE INDEX outgoing_waiting ON outgoing (seq) WHERE status = 'waiting';
  CREATE INDEX outgoing_turn ON outgoing (turn);
  CREATE INDEX outgoing_event ON outgoing (event_id) WHERE event_id IS NOT NULL;
  CREATE INDEX outgoing_person ON outgoing (person);

  CREATE TABLE room (
    id                 TEXT PRIMARY KEY,
    membership         TEXT NOT NULL CHECK (membership IN ('invite', 'join', 'leave', 'ban')),
    inviter            TEXT,
    direct             INTEGER NOT NULL DEFAULT 0,
    crowded            INTEGER NOT NULL DEFAULT 0,
    public             INTEGER NOT NULL DEFAULT 0,
    name               TEXT,
    encryption         TEXT,
    history_visibility TEXT NOT NULL DEFAULT 'shared',
    state_known        INTEGER NOT NULL DEFAULT 0,
    replacement        TEXT,
    predecessor        TEXT,
    note               TEXT
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE member (
    room         TEXT NOT NULL,
    user         TEXT NOT NULL,
    membership   TEXT NOT NULL,
    display_name TEXT,
    PRIMARY KEY (room, user)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX member_user ON member (user);

  CREATE TABLE gap (
    room       TEXT NOT NULL,
    from_token TEXT NOT NULL,
    to_token   TEXT NOT NULL,
    PRIMARY KEY (room, from_token)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE notice (
    subject TEXT NOT NULL,
    kind    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (subject, kind)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE feedback (
    turn   TEXT PRIMARY KEY,
    at     INTEGER NOT NULL,
    fiche  TEXT NOT NULL,
    solved INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE unanswered (
    turn    TEXT PRIMARY KEY,
    at      INTEGER NOT NULL,
    person  TEXT NOT NULL,
    text    TEXT NOT NULL,
    nearest TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX unanswered_age ON unanswered (at);

  CREATE TABLE statistic (
    day     TEXT NOT NULL,
    outcome TEXT NOT NULL,
    fiche   TEXT NOT NULL,
    count   INTEGER NOT NULL,
    PRIMARY KEY (day, outcome, fiche)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE ticket (
    number        INTEGER PRIMARY KEY AUTOINCREMENT,
    agent         TEXT NOT NULL,
    address       TEXT NOT NULL,
    salon         TEXT NOT NULL,
    root          TEXT NOT NULL UNIQUE,
    opened_at     INTEGER NOT NULL,
    fiche         TEXT,
    step          INTEGER,
    status        TEXT NOT NULL CHECK (status IN ('waiting', 'held', 'closed')),
    since         INTEGER,
    reminded      INTEGER NOT NULL DEFAULT 0,
    holder        TEXT,
    closed_at     INTEGER,
    reason        TEXT,
    satisfaction  TEXT,
    agent_present INTEGER NOT NULL DEFAULT 1,
    active_at     INTEGER NOT NULL,
    awaits_reply  INTEGER NOT NULL DEFAULT 0,
    asked_at      INTEGER,
    told          TEXT NOT NULL DEFAULT '[]',
    CHECK ((status = 'held') = (holder IS NOT NULL)),
    CHECK ((status = 'closed') = (closed_at IS NOT NULL))
  ) STRICT;
  CREATE UNIQUE INDEX ticket_open_agent ON ticket (agent) WHERE status <> 'closed';
  CREATE INDEX ticket_agent ON ticket (agent);
  CREATE INDEX ticket_closed ON ticket (closed_at) WHERE status = 'closed';

  CREATE TABLE ticket_message (
    outgoing TEXT PRIMARY KEY,
    ticket   INTEGER NOT NULL REFERENCES ticket (number),
    turn     TEXT NOT NULL,
    side     TEXT NOT NULL CHECK (side IN ('salon', 'agent')),
    kind     TEXT NOT NULL CHECK (kind IN ('relay', 'notice', 'question')),
    at       INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX ticket_message_turn ON ticket_message (turn);
  CREATE INDEX ticket_message_ticket ON ticket_message (ticket);

  CREATE TABLE ticket_note (
    ticket INTEGER NOT NULL REFERENCES ticket (number),
    at     INTEGER NOT NULL,
    text   TEXT NOT NULL
  ) STRICT;
  CREATE INDEX ticket_note_ticket ON ticket_note (ticket);
  `,
  // An id of version 2 is a hash of 27 characters, a hyphen, the origin and an index (messages/outgoing-message.ts).
  `
  ALTER TABLE outgoing ADD COLUMN origin TEXT NOT NULL DEFAULT 'reply';
  UPDATE outgoing SET origin = rtrim(substr(id, 29), '0123456789')
  WHERE rtrim(substr(id, 29), '0123456789') IN ('reaction', 'redaction', 'notice', 'ticket', 'opening');
  `,
  // How often an event was taken in hand and not finished: what ends every start of the bot is found by it.
  `
  ALTER TABLE journal ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX journal_failed ON journal (seq) WHERE status = 'failed' AND raw IS NOT NULL;
  `,
  // Gaps are read beside the sync: what came after one (after_seq) waits for it, so that answers keep their order.
  `
  ALTER TABLE gap ADD COLUMN from_join INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE gap ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE gap ADD COLUMN holds INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE gap ADD COLUMN after_seq INTEGER NOT NULL DEFAULT 0;
  `,
  // What the operator reads first, as the agent read it before agreeing; NULL for a ticket without one.
  `
  ALTER TABLE ticket ADD COLUMN summary TEXT;
  `,
  // How often a message was refused for no known reason: over all starts, so that it holds up its room for a time only.
  `
  ALTER TABLE outgoing ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX outgoing_set_aside ON outgoing (seq) WHERE status = 'failed' AND content IS NOT NULL;
  `,
  // A number of its own for each row: without a primary key, SQLite's sessions see no change of a table, and the order of
  // insertion (rowid) is another one on another machine (docs/standby.md).
  `
  CREATE TABLE ticket_note_numbered (
    id     INTEGER PRIMARY KEY,
    ticket INTEGER NOT NULL REFERENCES ticket (number),
    at     INTEGER NOT NULL,
    text   TEXT NOT NULL
  ) STRICT;
  INSERT INTO ticket_note_numbered (ticket, at, text) SELECT ticket, at, text FROM ticket_note ORDER BY rowid;
  DROP TABLE ticket_note;
  ALTER TABLE ticket_note_numbered RENAME TO ticket_note;
  CREATE INDEX ticket_note_ticket ON ticket_note (ticket);

  CREATE TABLE ticket_message_numbered (
    id       INTEGER PRIMARY KEY,
    outgoing TEXT NOT NULL UNIQUE,
    ticket   INTEGER NOT NULL REFERENCES ticket (number),
    turn     TEXT NOT NULL,
    side     TEXT NOT NULL CHECK (side IN ('salon', 'agent')),
    kind     TEXT NOT NULL CHECK (kind IN ('relay', 'notice', 'question')),
    at       INTEGER NOT NULL
  ) STRICT;
  INSERT INTO ticket_message_numbered (outgoing, ticket, turn, side, kind, at)
    SELECT outgoing, ticket, turn, side, kind, at FROM ticket_message ORDER BY rowid;
  DROP TABLE ticket_message;
  ALTER TABLE ticket_message_numbered RENAME TO ticket_message;
  CREATE INDEX ticket_message_turn ON ticket_message (turn);
  CREATE INDEX ticket_message_ticket ON ticket_message (ticket);
  `,
  // What is sent to the agent is what the operator was shown, whatever the fiches have become since.
  `
  CREATE TABLE ticket_proposal (
    outgoing TEXT PRIMARY KEY,
    ticket   INTEGER NOT NULL REFERENCES ticket (number),
    turn     TEXT NOT NULL UNIQUE,
    blocks   TEXT NOT NULL,
    status   TEXT NOT NULL CHECK (status IN ('open', 'sent', 'discarded')),
    at       INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX ticket_proposal_ticket ON ticket_proposal (ticket);
  `,
  // Higher priorities come first in the queue; a conversation that an operator begins waits for the agent's answer.
  `
  ALTER TABLE ticket ADD COLUMN title TEXT;
  ALTER TABLE ticket ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE ticket ADD COLUMN remind_at INTEGER;
  ALTER TABLE ticket ADD COLUMN remind_by TEXT;
  ALTER TABLE ticket ADD COLUMN awaits_consent INTEGER NOT NULL DEFAULT 0;
  `,
  // What figures are made of, once nobody knows any more whose a ticket was.
  `
  ALTER TABLE ticket ADD COLUMN answered_at INTEGER;
  ALTER TABLE ticket ADD COLUMN follows INTEGER;
  ALTER TABLE ticket ADD COLUMN invited INTEGER NOT NULL DEFAULT 0;
  `,
  // Who changed what on the page, with the files before and after of the last saves.
  `
  CREATE TABLE audit (
    id     INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    who    TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT,
    files  TEXT
  ) STRICT;
  CREATE INDEX audit_at ON audit (at);
  `,
];
