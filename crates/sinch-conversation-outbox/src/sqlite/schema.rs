//! The tables, and how they came to be.

use crate::store::StoreError;

/// What SQLite keeps as the id of the program that a file belongs to: `SCOB`.
pub(super) const APPLICATION: i64 = 0x5343_4F42;

/// One step of the tables each. What is released is never edited; a change is a step of its own.
pub(super) const MIGRATIONS: [&str; 5] = [FIRST, SECOND, THIRD, FOURTH, FIFTH];

/// The first version that works with the tables after these steps. Workers of the version before a step go on while it is
/// made, so this is at most one less than the last step that others have.
pub(super) const COMPATIBLE_FROM: i64 = 4;

/// The version of the tables that this program works with.
pub(super) const fn version() -> i64 {
    MIGRATIONS.len() as i64
}

// `readiness` of a queued row: 0 it is not due, 1 it can be claimed, 2 its group is paused, 3 it waits for an earlier
// row with its ordering key. `open` is 1 while the row keeps later ones with its ordering key waiting.
//
// The indexes hold only the rows that are looked for, so that the many rows that have ended cost nothing.
const FIRST: &str = "
CREATE TABLE queues (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    paused TEXT,
    hold_until INTEGER NOT NULL DEFAULT 0,
    next_permit INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE groups (
    id INTEGER PRIMARY KEY,
    queue INTEGER NOT NULL REFERENCES queues(id),
    name TEXT NOT NULL,
    mode INTEGER NOT NULL DEFAULT 0,
    has_held INTEGER NOT NULL DEFAULT 0,
    UNIQUE (queue, name)
) STRICT;
CREATE INDEX groups_held ON groups (queue) WHERE has_held = 1 AND mode <> 1;

CREATE TABLE counts (
    queue INTEGER NOT NULL,
    grp INTEGER NOT NULL,
    state INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    PRIMARY KEY (queue, grp, state)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    queue INTEGER NOT NULL REFERENCES queues(id),
    grp INTEGER NOT NULL,
    dedup_key TEXT,
    ordering_key TEXT,
    priority INTEGER NOT NULL,
    request TEXT NOT NULL,
    policy INTEGER NOT NULL,
    pause INTEGER NOT NULL,
    expires INTEGER,
    created INTEGER NOT NULL,
    state INTEGER NOT NULL,
    open INTEGER NOT NULL,
    readiness INTEGER NOT NULL,
    due INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    worker TEXT,
    lease_until INTEGER,
    decide_at INTEGER,
    message_id TEXT,
    reason TEXT,
    changed INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX outbox_dedup ON outbox (queue, dedup_key) WHERE dedup_key IS NOT NULL;
CREATE INDEX outbox_ready ON outbox (queue, priority DESC, seq) WHERE state = 0 AND readiness = 1;
CREATE INDEX outbox_scheduled ON outbox (queue, due) WHERE state = 0 AND readiness = 0;
CREATE INDEX outbox_held ON outbox (grp, seq) WHERE state = 0 AND readiness = 2;
CREATE INDEX outbox_ordering ON outbox (queue, ordering_key, seq) WHERE open = 1 AND ordering_key IS NOT NULL;
CREATE INDEX outbox_open_group ON outbox (grp, seq) WHERE open = 1 AND grp <> 0;
CREATE INDEX outbox_leases ON outbox (queue, lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX outbox_expiry ON outbox (queue, expires) WHERE state = 0 AND expires IS NOT NULL;
CREATE INDEX outbox_unknown ON outbox (queue, policy, decide_at) WHERE decide_at IS NOT NULL;
CREATE INDEX outbox_message ON outbox (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX outbox_ended ON outbox (queue, changed) WHERE state > 2;
";

// A key is kept after its event was handled, so that the API may repeat it. `readiness` is as that of the outbox.
const SECOND: &str = "
CREATE TABLE inbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    inbox INTEGER NOT NULL REFERENCES queues(id),
    event_key TEXT NOT NULL,
    ordering_key TEXT,
    body TEXT NOT NULL,
    state INTEGER NOT NULL,
    readiness INTEGER NOT NULL,
    due INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    worker TEXT,
    lease_until INTEGER,
    reason TEXT,
    received INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    UNIQUE (inbox, event_key)
) STRICT;
CREATE INDEX inbox_ready ON inbox (inbox, number) WHERE state = 0 AND readiness = 1;
CREATE INDEX inbox_scheduled ON inbox (inbox, due) WHERE state = 0 AND readiness = 0;
CREATE INDEX inbox_ordering ON inbox (inbox, ordering_key, number) WHERE ordering_key IS NOT NULL AND state < 2;
CREATE INDEX inbox_leases ON inbox (inbox, lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX inbox_handled ON inbox (inbox, changed) WHERE state = 2;
CREATE INDEX inbox_dead ON inbox (inbox, number) WHERE state = 3;
";

// `empty_at` is when the queue of an app, or what a channel of it takes, is empty if nothing is added. The channel is empty
// for the app as a whole. A row has the place of its app and channel in `pace`, 0 for none. Rows are claimed from each of
// these apart, so that those that have to wait cost nothing.
const THIRD: &str = "
CREATE TABLE paces (
    id INTEGER PRIMARY KEY,
    queue INTEGER NOT NULL REFERENCES queues(id),
    app TEXT NOT NULL,
    channel TEXT NOT NULL,
    empty_at INTEGER NOT NULL DEFAULT 0,
    UNIQUE (queue, app, channel)
) STRICT;
ALTER TABLE outbox ADD COLUMN pace INTEGER NOT NULL DEFAULT 0;
DROP INDEX outbox_ready;
CREATE INDEX outbox_ready_paced ON outbox (queue, pace, priority DESC, seq) WHERE state = 0 AND readiness = 1;
";

// Which versions work with the tables, also those that were there before them.
const FOURTH: &str = "
CREATE TABLE compatibility (compatible_from INTEGER NOT NULL) STRICT;
INSERT INTO compatibility VALUES (0);
";

// `given_up` is the message that failed before the row was sent again. The index is for those who look for failures.
const FIFTH: &str = "
ALTER TABLE outbox ADD COLUMN given_up TEXT;
CREATE INDEX outbox_failures ON outbox (queue, state, seq) WHERE (state = 4 OR state > 6);
";

/// Fails when the tables are not for this program. Later ones are, when they say so.
pub(super) fn check(found: i64, compatible_from: i64) -> Result<(), StoreError> {
    let known = version();
    if found > known && compatible_from > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    Ok(())
}
