-- A database as version 2 of the schema made it: dumped from a run of the assistant of 2026-11-28, before `outgoing.origin`.
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
INSERT INTO setting VALUES ('user-id', '@bot:ici');
INSERT INTO outgoing VALUES (1, 'iXUK6dVjWMFu02y6lCm2AYT8Gtr-reply0', 'message', '$e1', '!ana:ici', '!ana:ici', '@ana:ici', NULL, 'sent', 0, NULL, '$e2', '!ana:ici', 1795424400000, NULL, NULL);
INSERT INTO outgoing VALUES (2, 'X0kz-y1PS92PMQjo0gmkRxqgYOk-reply0', 'message', '$e3', '!ana:ici', '!ana:ici', '@ana:ici', NULL, 'sent', 0, NULL, '$e4', '!ana:ici', 1795424400000, NULL, NULL);
INSERT INTO outgoing VALUES (3, 'X0kz-y1PS92PMQjo0gmkRxqgYOk-opening0', 'message', '$e3', '!salon:ici', '!salon:ici', '@ana:ici', NULL, 'sent', 0, NULL, '$e5', '!salon:ici', 1795424400000, NULL, NULL);
INSERT INTO outgoing VALUES (4, 'X0kz-y1PS92PMQjo0gmkRxqgYOk-opening1', 'message', '$e3', '!salon:ici', '!salon:ici', '@ana:ici', 'X0kz-y1PS92PMQjo0gmkRxqgYOk-opening0', 'sent', 0, NULL, '$e6', '!salon:ici', 1795424400000, NULL, NULL);
INSERT INTO outgoing VALUES (5, 'X0kz-y1PS92PMQjo0gmkRxqgYOk-opening2', 'reaction', '$e3', '!salon:ici', '!salon:ici', '@ana:ici', NULL, 'sent', 0, NULL, '$e7', '!salon:ici', 1795424400000, NULL, NULL);
INSERT INTO outgoing VALUES (6, 'X0kz-y1PS92PMQjo0gmkRxqgYOk-opening3', 'reaction', '$e3', '!salon:ici', '!salon:ici', '@ana:ici', NULL, 'sent', 0, NULL, '$e8', '!salon:ici', 1795424400000, NULL, NULL);
INSERT INTO outgoing VALUES (7, 'X0kz-y1PS92PMQjo0gmkRxqgYOk-opening4', 'message', '$e3', '!ana:ici', '!ana:ici', '@ana:ici', NULL, 'sent', 0, NULL, '$e9', '!ana:ici', 1795424400000, NULL, NULL);
INSERT INTO outgoing VALUES (8, '7rXS-n50lzpyb27fEbGVUw3MImi-ticket0', 'message', '$e10', '!salon:ici', '!salon:ici', '@ana:ici', 'X0kz-y1PS92PMQjo0gmkRxqgYOk-opening0', 'sent', 0, NULL, '$e11', '!salon:ici', 1795424400000, NULL, NULL);
INSERT INTO outgoing VALUES (9, '7rXS-n50lzpyb27fEbGVUw3MImi-opening0', 'message', '$e10', '!ana:ici', '!ana:ici', '@ana:ici', NULL, 'sent', 0, NULL, '$e12', '!ana:ici', 1795424400000, NULL, NULL);
INSERT INTO outgoing VALUES (10, 'qZFPFzqLmfsVu_q7BNLyrPemsct-ticket0', 'edit', '$e13', '!salon:ici', '!salon:ici', '@ana:ici', NULL, 'sent', 0, NULL, '$e14', '!salon:ici', 1795424400000, NULL, NULL);
INSERT INTO outgoing VALUES (11, 'qZFPFzqLmfsVu_q7BNLyrPemsct-ticket1', 'message', '$e13', '!salon:ici', '!salon:ici', '@ana:ici', 'X0kz-y1PS92PMQjo0gmkRxqgYOk-opening0', 'sent', 0, NULL, '$e15', '!salon:ici', 1795424400000, NULL, NULL);
INSERT INTO outgoing VALUES (12, 'qZFPFzqLmfsVu_q7BNLyrPemsct-ticket2', 'message', '$e13', '!ana:ici', '!ana:ici', '@ana:ici', NULL, 'sent', 0, NULL, '$e16', '!ana:ici', 1795424400000, NULL, NULL);
INSERT INTO outgoing VALUES (13, 'B_YewV_Dp-hyc-YaqCVGPTMie-h-ticket0', 'message', '$e17', '!ana:ici', '!ana:ici', '@ana:ici', NULL, 'sent', 0, NULL, '$e18', '!ana:ici', 1795424400000, NULL, NULL);
INSERT INTO outgoing VALUES (14, 'kaCzPdFJxUEpGgQe_Wz1QAEwpIZ-notice0', 'message', '$late', '!ana:ici', '!ana:ici', '@ana:ici', NULL, 'waiting', 0, NULL, NULL, NULL, 1, '{"type":"message","text":"Pardon.","html":"<p>Pardon.</p>","inReplyTo":"$late","mention":null}', NULL);
INSERT INTO outgoing VALUES (15, 'kaCzPdFJxUEpGgQe_Wz1QAEwpIZ-reply0', 'message', '$late', '!ana:ici', '!ana:ici', '@ana:ici', NULL, 'waiting', 0, NULL, NULL, NULL, 2, '{"type":"message","text":"Voici.","html":"<p>Voici.</p>","inReplyTo":"$late","mention":null}', NULL);
INSERT INTO outgoing VALUES (16, 'kaCzPdFJxUEpGgQe_Wz1QAEwpIZ-reaction0', 'reaction', '$late', '!ana:ici', '!ana:ici', '@ana:ici', NULL, 'waiting', 0, NULL, NULL, NULL, 2, '{"type":"reaction","of":"kaCzPdFJxUEpGgQe_Wz1QAEwpIZ-reply0","key":"👍"}', NULL);
INSERT INTO outgoing VALUES (17, 'kaCzPdFJxUEpGgQe_Wz1QAEwpIZ-reaction1', 'reaction', '$late', '!ana:ici', '!ana:ici', '@ana:ici', NULL, 'waiting', 0, NULL, NULL, NULL, 2, '{"type":"reaction","of":"kaCzPdFJxUEpGgQe_Wz1QAEwpIZ-reply0","key":"👎"}', NULL);
INSERT INTO outgoing VALUES (18, 'kaCzPdFJxUEpGgQe_Wz1QAEwpIZ-reply1', 'edit', '$late', '!ana:ici', '!ana:ici', '@ana:ici', NULL, 'waiting', 0, NULL, NULL, NULL, 2, '{"type":"edit","of":"iXUK6dVjWMFu02y6lCm2AYT8Gtr-reply0","text":"Mieux.","html":"<p>Mieux.</p>"}', NULL);
INSERT INTO outgoing VALUES (19, 'sSoYhkAsWMiT02GGQ5kYkJ9B4eU-redaction0', 'redaction', '$gone', '!ana:ici', '!ana:ici', '@ana:ici', NULL, 'waiting', 0, NULL, NULL, NULL, 3, '{"type":"redaction","of":"iXUK6dVjWMFu02y6lCm2AYT8Gtr-reply0"}', NULL);
INSERT INTO ticket VALUES (1, '@ana:ici', '!ana:ici', '!salon:ici', 'X0kz-y1PS92PMQjo0gmkRxqgYOk-opening0', 1795424400000, 'noemi-vpn', 2, 'held', NULL, 0, '@alice:ici', NULL, NULL, NULL, 1, 1795424400000, 0, NULL, '[]');
INSERT INTO ticket_message VALUES ('X0kz-y1PS92PMQjo0gmkRxqgYOk-opening0', 1, '$e3', 'salon', 'notice', 1795424400000);
INSERT INTO ticket_message VALUES ('X0kz-y1PS92PMQjo0gmkRxqgYOk-opening1', 1, '$e3', 'salon', 'notice', 1795424400000);
INSERT INTO ticket_message VALUES ('X0kz-y1PS92PMQjo0gmkRxqgYOk-opening2', 1, '$e3', 'salon', 'notice', 1795424400000);
INSERT INTO ticket_message VALUES ('X0kz-y1PS92PMQjo0gmkRxqgYOk-opening3', 1, '$e3', 'salon', 'notice', 1795424400000);
INSERT INTO ticket_message VALUES ('X0kz-y1PS92PMQjo0gmkRxqgYOk-opening4', 1, '$e3', 'agent', 'notice', 1795424400000);
INSERT INTO ticket_message VALUES ('7rXS-n50lzpyb27fEbGVUw3MImi-ticket0', 1, '$e10', 'salon', 'relay', 1795424400000);
INSERT INTO ticket_message VALUES ('7rXS-n50lzpyb27fEbGVUw3MImi-opening0', 1, '$e10', 'agent', 'notice', 1795424400000);
INSERT INTO ticket_message VALUES ('qZFPFzqLmfsVu_q7BNLyrPemsct-ticket0', 1, '$e13', 'salon', 'notice', 1795424400000);
INSERT INTO ticket_message VALUES ('qZFPFzqLmfsVu_q7BNLyrPemsct-ticket1', 1, '$e13', 'salon', 'notice', 1795424400000);
INSERT INTO ticket_message VALUES ('qZFPFzqLmfsVu_q7BNLyrPemsct-ticket2', 1, '$e13', 'agent', 'notice', 1795424400000);
INSERT INTO ticket_message VALUES ('B_YewV_Dp-hyc-YaqCVGPTMie-h-ticket0', 1, '$e17', 'agent', 'relay', 1795424400000);
PRAGMA user_version = 2;
