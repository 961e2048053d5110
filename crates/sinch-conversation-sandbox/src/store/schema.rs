//! The tables. A resource is a JSON document; further columns are those that lists and lookups need.

/// Increased when the tables change; a file with another version is refused.
pub(super) const VERSION: i64 = 4;

/// Distinguishes the files of sandboxes from those of other programs.
pub(super) const APPLICATION: i64 = i32::from_be_bytes(*b"SCSB") as i64;

pub(super) const TABLES: &str = "
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

CREATE TABLE apps (
    id  TEXT PRIMARY KEY,
    doc TEXT NOT NULL
) STRICT;

CREATE TABLE contacts (
    id          TEXT PRIMARY KEY,
    external_id TEXT NOT NULL,
    doc         TEXT NOT NULL
) STRICT;
CREATE INDEX contacts_by_external_id ON contacts(external_id);

CREATE TABLE identities (
    contact_id TEXT NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
    channel    TEXT NOT NULL,
    identity   TEXT NOT NULL,
    app_id     TEXT NOT NULL
) STRICT;
CREATE INDEX identities_by_address ON identities(channel, identity);
CREATE INDEX identities_by_contact ON identities(contact_id);

CREATE TABLE conversations (
    id             TEXT PRIMARY KEY,
    app_id         TEXT NOT NULL REFERENCES apps(id) ON DELETE CASCADE,
    contact_id     TEXT NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
    active         INTEGER NOT NULL,
    active_channel TEXT NOT NULL,
    doc            TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_active_conversation ON conversations(app_id, contact_id) WHERE active = 1;
CREATE INDEX conversations_by_contact ON conversations(contact_id);

-- What the API lists. A message of DISPATCH mode has no conversation.
CREATE TABLE messages (
    id              TEXT PRIMARY KEY,
    app_id          TEXT NOT NULL REFERENCES apps(id) ON DELETE CASCADE,
    conversation_id TEXT REFERENCES conversations(id) ON DELETE CASCADE,
    contact_id      TEXT NOT NULL,
    channel         TEXT NOT NULL,
    identity        TEXT NOT NULL,
    direction       TEXT NOT NULL,
    source          TEXT NOT NULL,
    accepted_us     INTEGER NOT NULL,
    doc             TEXT NOT NULL
) STRICT;
CREATE INDEX messages_by_time ON messages(accepted_us, id);
CREATE INDEX messages_by_conversation ON messages(conversation_id, accepted_us, id);
CREATE INDEX messages_by_app ON messages(app_id, accepted_us, id);

-- Metadata for recipients in DISPATCH mode, if the app's retention allows it.
CREATE TABLE dispatch_metadata (
    app_id         TEXT NOT NULL REFERENCES apps(id) ON DELETE CASCADE,
    channel        TEXT NOT NULL,
    identity       TEXT NOT NULL,
    metadata       TEXT NOT NULL,
    correlation_id TEXT NOT NULL,
    kept_us        INTEGER NOT NULL,
    PRIMARY KEY (app_id, channel, identity)
) STRICT;

CREATE TABLE webhooks (
    id     TEXT PRIMARY KEY,
    app_id TEXT NOT NULL REFERENCES apps(id) ON DELETE CASCADE,
    target TEXT NOT NULL,
    doc    TEXT NOT NULL
) STRICT;
CREATE INDEX webhooks_by_app ON webhooks(app_id);

-- Every sent message with its delivery. Not part of the API, so nothing deletes from it.
CREATE TABLE sent_messages (
    id  TEXT PRIMARY KEY,
    doc TEXT NOT NULL
) STRICT;

-- Jobs: what is due when.
CREATE TABLE jobs (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    due_us     INTEGER NOT NULL,
    subject    TEXT NOT NULL,
    job        TEXT NOT NULL
) STRICT;
CREATE INDEX jobs_by_due ON jobs(due_us, seq);
CREATE INDEX jobs_by_subject ON jobs(subject);

-- Callbacks: the queue while pending, the log afterwards.
CREATE TABLE callbacks (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    ordering_key        TEXT NOT NULL,
    state       TEXT NOT NULL,
    due_us      INTEGER NOT NULL,
    app_id      TEXT NOT NULL,
    webhook_id  TEXT,
    trigger     TEXT NOT NULL,
    target      TEXT NOT NULL,
    secret      TEXT NOT NULL,
    credentials TEXT,
    body        TEXT NOT NULL,
    queued_us   INTEGER NOT NULL
) STRICT;
CREATE INDEX callbacks_pending ON callbacks(ordering_key, seq) WHERE state = 'pending';

CREATE TABLE attempts (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    callback INTEGER NOT NULL REFERENCES callbacks(seq),
    number   INTEGER NOT NULL,
    at_us    INTEGER NOT NULL,
    status   INTEGER,
    problem  TEXT,
    headers  TEXT NOT NULL,
    response TEXT,
    replay   INTEGER NOT NULL,
    UNIQUE (callback, number)
) STRICT;

-- What apps sent and received, in order. Not part of the API, so nothing deletes from it.
CREATE TABLE journal (
    seq    INTEGER PRIMARY KEY AUTOINCREMENT,
    kind   TEXT NOT NULL,
    id     TEXT NOT NULL,
    app_id TEXT NOT NULL,
    doc    TEXT NOT NULL
) STRICT;
CREATE INDEX journal_by_app ON journal(app_id, seq);

-- Callbacks to be posted again.
CREATE TABLE replays (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    callback INTEGER NOT NULL REFERENCES callbacks(seq)
) STRICT;

-- The seed files that were applied.
CREATE TABLE seeds (
    digest TEXT PRIMARY KEY
) STRICT;

-- The queue of each app: its length, and when the next message may leave.
CREATE TABLE queues (
    app_id  TEXT PRIMARY KEY REFERENCES apps(id) ON DELETE CASCADE,
    waiting INTEGER NOT NULL,
    free_us INTEGER NOT NULL
) STRICT;

-- Accepted batches, their metadata, and their unprocessed items.
CREATE TABLE batches (
    id            TEXT PRIMARY KEY,
    kind          TEXT NOT NULL,
    app_id        TEXT NOT NULL,
    status        TEXT NOT NULL,
    send_after_us INTEGER NOT NULL,
    shared        TEXT NOT NULL
) STRICT;
CREATE TABLE batch_metadata (
    batch_id TEXT NOT NULL REFERENCES batches(id) ON DELETE CASCADE,
    key      TEXT NOT NULL,
    value    TEXT NOT NULL,
    PRIMARY KEY (batch_id, key)
) STRICT;
CREATE INDEX batches_by_metadata ON batch_metadata(key, value);
CREATE TABLE batch_items (
    batch_id TEXT NOT NULL REFERENCES batches(id) ON DELETE CASCADE,
    number   INTEGER NOT NULL,
    doc      TEXT NOT NULL,
    PRIMARY KEY (batch_id, number)
) STRICT;

-- The opt-out lists of apps, their history, and the mode of consent management.
CREATE TABLE consents (
    app_id   TEXT NOT NULL REFERENCES apps(id) ON DELETE CASCADE,
    list     TEXT NOT NULL,
    identity TEXT NOT NULL,
    PRIMARY KEY (app_id, list, identity)
) STRICT;
CREATE TABLE consent_records (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    app_id    TEXT NOT NULL REFERENCES apps(id) ON DELETE CASCADE,
    identity  TEXT NOT NULL,
    list      TEXT NOT NULL,
    origin    TEXT NOT NULL,
    operation TEXT NOT NULL,
    at_us     INTEGER NOT NULL
) STRICT;
CREATE INDEX consent_records_by_identity ON consent_records(app_id, identity, seq);
CREATE TABLE consent_modes (
    app_id TEXT PRIMARY KEY REFERENCES apps(id) ON DELETE CASCADE,
    mode   TEXT NOT NULL
) STRICT;

-- The latest message of an identity or a contact, and moving messages from contact to contact.
CREATE INDEX messages_by_identity ON messages(identity, accepted_us, id);
CREATE INDEX messages_by_contact ON messages(contact_id, accepted_us, id);

-- The names that people have on channels.
CREATE TABLE profiles (
    channel  TEXT NOT NULL,
    identity TEXT NOT NULL,
    name     TEXT NOT NULL,
    PRIMARY KEY (channel, identity)
) STRICT;

-- The settings of the project: one row, or none.
CREATE TABLE settings (
    id  TEXT PRIMARY KEY,
    doc TEXT NOT NULL
) STRICT;

-- Templates, and every translation that they ever had. The current ones came with the last change.
CREATE TABLE templates (
    id  TEXT PRIMARY KEY,
    doc TEXT NOT NULL
) STRICT;
CREATE TABLE translations (
    template_id TEXT NOT NULL REFERENCES templates(id) ON DELETE CASCADE,
    language    TEXT NOT NULL,
    version     TEXT NOT NULL,
    current     INTEGER NOT NULL,
    doc         TEXT NOT NULL,
    PRIMARY KEY (template_id, language, version)
) STRICT;

-- Events that the API lists: those of conversations.
CREATE TABLE events (
    id              TEXT PRIMARY KEY,
    app_id          TEXT NOT NULL REFERENCES apps(id) ON DELETE CASCADE,
    conversation_id TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
    contact_id      TEXT NOT NULL,
    accepted_us     INTEGER NOT NULL,
    doc             TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_conversation ON events(conversation_id, id);
CREATE INDEX events_by_contact ON events(contact_id, id);
CREATE INDEX events_by_app ON events(app_id, accepted_us);

-- Every event of an app with its delivery. Not part of the API, so nothing deletes from it.
CREATE TABLE sent_events (
    id  TEXT PRIMARY KEY,
    doc TEXT NOT NULL
) STRICT;

-- Capability queries that have no answer yet.
CREATE TABLE probes (
    id  TEXT PRIMARY KEY,
    doc TEXT NOT NULL
) STRICT;

-- Capabilities of recipients on channels, as set by tests; * is every other recipient.
CREATE TABLE capabilities (
    channel  TEXT NOT NULL,
    identity TEXT NOT NULL,
    doc      TEXT NOT NULL,
    PRIMARY KEY (channel, identity)
) STRICT;
";
