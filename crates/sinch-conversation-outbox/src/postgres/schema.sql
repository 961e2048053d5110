-- The tables of version 1. SCHEMA stands for the name of the schema.
--
-- Times are in microseconds since 1970. `readiness` of a queued row: 0 it is not due, 1 it can be claimed, 2 its group
-- is paused, 3 it waits for another row with its ordering key, 4 whether it has to wait is to be found out. `open` is
-- true while the row keeps later ones with its ordering key waiting. `given_up` is the message that failed before the row was
-- sent again.
--
-- The indexes hold only the rows that are looked for, so that the many rows that have ended cost nothing.

CREATE TABLE SCHEMA.queues (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL UNIQUE,
    paused text,
    hold_until bigint NOT NULL DEFAULT 0,
    next_permit bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE SCHEMA.groups (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    queue bigint NOT NULL,
    name text NOT NULL,
    mode smallint NOT NULL DEFAULT 0,
    has_held boolean NOT NULL DEFAULT false,
    UNIQUE (queue, name)
);
CREATE INDEX groups_held ON SCHEMA.groups (queue) WHERE has_held AND mode <> 1;

-- What rows count for: an app and a channel, which is empty for the app as a whole. `empty_at` is when its queue at the
-- API is empty if nothing is added.
CREATE TABLE SCHEMA.paces (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    queue bigint NOT NULL,
    app text NOT NULL,
    channel text NOT NULL,
    empty_at bigint NOT NULL DEFAULT 0,
    UNIQUE (queue, app, channel)
) WITH (fillfactor = 50);

-- The numbers of rows are the sums of both. Nobody waits for anybody to change them: a change is a row of its own, and
-- the sweep adds them up.
CREATE TABLE SCHEMA.counts (
    queue bigint NOT NULL,
    grp bigint NOT NULL,
    state smallint NOT NULL,
    rows bigint NOT NULL,
    PRIMARY KEY (queue, grp, state)
);
CREATE TABLE SCHEMA.count_changes (
    queue bigint NOT NULL,
    grp bigint NOT NULL,
    state smallint NOT NULL,
    rows bigint NOT NULL
);
CREATE INDEX count_changes_queue ON SCHEMA.count_changes (queue, grp);

CREATE TABLE SCHEMA.outbox (
    seq bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    id uuid NOT NULL UNIQUE,
    queue bigint NOT NULL,
    grp bigint NOT NULL,
    pace bigint NOT NULL,
    dedup_key text,
    ordering_key text,
    priority integer NOT NULL,
    request text NOT NULL,
    policy smallint NOT NULL,
    pause bigint NOT NULL,
    expires bigint,
    created bigint NOT NULL,
    state smallint NOT NULL DEFAULT 0,
    open boolean NOT NULL DEFAULT true,
    readiness smallint NOT NULL,
    due bigint NOT NULL,
    attempt bigint NOT NULL DEFAULT 0,
    worker text,
    lease_until bigint,
    decide_at bigint,
    message_id text,
    given_up text,
    reason text,
    changed bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.02);
CREATE UNIQUE INDEX outbox_dedup ON SCHEMA.outbox (queue, dedup_key) WHERE dedup_key IS NOT NULL;
CREATE INDEX outbox_ready ON SCHEMA.outbox (queue, pace, priority DESC, seq) WHERE state = 0 AND readiness = 1;
CREATE INDEX outbox_scheduled ON SCHEMA.outbox (queue, due) WHERE state = 0 AND readiness = 0;
CREATE INDEX outbox_held ON SCHEMA.outbox (grp, seq) WHERE state = 0 AND readiness = 2;
CREATE INDEX outbox_unchecked ON SCHEMA.outbox (queue, seq) WHERE state = 0 AND readiness = 4;
CREATE INDEX outbox_ordering ON SCHEMA.outbox (queue, ordering_key, seq) WHERE open AND ordering_key IS NOT NULL;
CREATE INDEX outbox_active ON SCHEMA.outbox (queue, ordering_key)
    WHERE open AND ordering_key IS NOT NULL AND NOT (state = 0 AND readiness >= 3);
CREATE INDEX outbox_open_group ON SCHEMA.outbox (grp, seq) WHERE open AND grp <> 0;
CREATE INDEX outbox_leases ON SCHEMA.outbox (queue, lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX outbox_expiry ON SCHEMA.outbox (queue, expires) WHERE state = 0 AND expires IS NOT NULL;
CREATE INDEX outbox_unknown ON SCHEMA.outbox (queue, policy, decide_at) WHERE decide_at IS NOT NULL;
CREATE INDEX outbox_message ON SCHEMA.outbox (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX outbox_failures ON SCHEMA.outbox (queue, state, seq) WHERE (state = 4 OR state > 6);
CREATE INDEX outbox_ended ON SCHEMA.outbox (queue, changed) WHERE state > 2;

-- A key is kept after its event was handled, so that the API may repeat it. `open` and `readiness` are as those of the
-- outbox.
CREATE TABLE SCHEMA.inbox (
    seq bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    queue bigint NOT NULL,
    event_key text NOT NULL,
    ordering_key text,
    body text NOT NULL,
    state smallint NOT NULL DEFAULT 0,
    open boolean NOT NULL DEFAULT true,
    readiness smallint NOT NULL,
    due bigint NOT NULL,
    attempt bigint NOT NULL DEFAULT 0,
    worker text,
    lease_until bigint,
    reason text,
    received bigint NOT NULL,
    changed bigint NOT NULL,
    UNIQUE (queue, event_key)
) WITH (autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX inbox_ready ON SCHEMA.inbox (queue, seq) WHERE state = 0 AND readiness = 1;
CREATE INDEX inbox_scheduled ON SCHEMA.inbox (queue, due) WHERE state = 0 AND readiness = 0;
CREATE INDEX inbox_unchecked ON SCHEMA.inbox (queue, seq) WHERE state = 0 AND readiness = 4;
CREATE INDEX inbox_ordering ON SCHEMA.inbox (queue, ordering_key, seq) WHERE open AND ordering_key IS NOT NULL;
CREATE INDEX inbox_active ON SCHEMA.inbox (queue, ordering_key)
    WHERE open AND ordering_key IS NOT NULL AND NOT (state = 0 AND readiness >= 3);
CREATE INDEX inbox_leases ON SCHEMA.inbox (queue, lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX inbox_handled ON SCHEMA.inbox (queue, changed) WHERE state = 2;
CREATE INDEX inbox_dead ON SCHEMA.inbox (queue, seq) WHERE state = 3;
