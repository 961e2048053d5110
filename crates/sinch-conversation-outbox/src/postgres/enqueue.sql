-- What SQL calls in a transaction of its own; see the documentation of PostgresStore. SCHEMA stands for the name of the
-- schema.

CREATE FUNCTION SCHEMA.enqueue(
    queue text,
    request jsonb,
    dedup_key text DEFAULT NULL,
    "group" text DEFAULT NULL,
    ordering_key text DEFAULT NULL,
    priority integer DEFAULT 0,
    not_before timestamptz DEFAULT NULL,
    expires timestamptz DEFAULT NULL,
    on_unknown text DEFAULT 'leave',
    unknown_after interval DEFAULT NULL,
    wake boolean DEFAULT true
) RETURNS uuid
LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
DECLARE
    now_at CONSTANT bigint := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
    due_at CONSTANT bigint := greatest(now_at, (extract(epoch FROM enqueue.not_before) * 1000000)::bigint);
    expires_at CONSTANT bigint := (extract(epoch FROM enqueue.expires) * 1000000)::bigint;
    policy_kind CONSTANT smallint := array_position(ARRAY['leave', 'send_again', 'ask'], enqueue.on_unknown) - 1;
    row_id uuid := (lpad(to_hex(now_at / 1000), 12, '0') || substr(replace(gen_random_uuid()::text, '-', ''), 13))::uuid;
    queue_id bigint;
    group_id bigint := 0;
    found_id uuid;
    pace_id bigint;
    enqueue_app CONSTANT text := enqueue.request ->> 'app_id';
    enqueue_channel CONSTANT text := coalesce(enqueue.request #>> '{channel_priority_order,0}',
        enqueue.request #>> '{recipient,identified_by,channel_identities,0,channel}', '');
BEGIN
    IF enqueue.queue IS NULL OR enqueue.queue = '' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'queue: it is empty; name the queue of the workers';
    END IF;
    IF jsonb_typeof(enqueue.request) IS DISTINCT FROM 'object' THEN
        RAISE invalid_parameter_value USING MESSAGE =
            'request: it is not an object; pass the body of a send request, such as {"app_id": ..., "message": ...}';
    END IF;
    IF coalesce(enqueue.request ->> 'correlation_id', '') <> '' THEN
        RAISE invalid_parameter_value USING MESSAGE =
            'request.correlation_id: a row has one of its own; use dedup_key, or the metadata of the message';
    END IF;
    IF NOT enqueue.request ?& ARRAY['app_id', 'message', 'recipient'] THEN
        RAISE invalid_parameter_value USING MESSAGE =
            'request: a send request has app_id, message and recipient; add what is missing';
    END IF;
    IF jsonb_typeof(enqueue.request -> 'app_id') <> 'string' OR enqueue.request ->> 'app_id' = '' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'request.app_id: it is no text or empty; pass the id of an app';
    END IF;
    IF enqueue.dedup_key = '' OR enqueue."group" = '' OR enqueue.ordering_key = '' THEN
        RAISE invalid_parameter_value USING MESSAGE =
            'dedup_key, group, ordering_key: one of them is empty; pass NULL for none';
    END IF;
    IF enqueue.priority IS NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = 'priority: it is NULL; leave it out for 0';
    END IF;
    IF policy_kind IS NULL THEN
        RAISE invalid_parameter_value USING MESSAGE =
            'on_unknown: it is not known; pass ''leave'', ''send_again'' or ''ask''';
    END IF;
    IF (policy_kind = 0) <> (enqueue.unknown_after IS NULL) OR enqueue.unknown_after < interval '0' THEN
        RAISE invalid_parameter_value USING MESSAGE =
            'unknown_after: pass a positive interval with ''send_again'' and ''ask'', and none with ''leave''';
    END IF;
    IF expires_at <= due_at THEN
        RAISE invalid_parameter_value USING MESSAGE =
            'expires: it is over before the message may be sent; pass a time after now and after not_before';
    END IF;

    INSERT INTO SCHEMA.queues (name) SELECT enqueue.queue
        WHERE NOT EXISTS (SELECT FROM SCHEMA.queues q WHERE q.name = enqueue.queue)
        ON CONFLICT DO NOTHING;
    SELECT q.id INTO queue_id FROM SCHEMA.queues q WHERE q.name = enqueue.queue;
    IF enqueue."group" IS NOT NULL THEN
        INSERT INTO SCHEMA.groups (queue, name) SELECT queue_id, enqueue."group"
            WHERE NOT EXISTS (SELECT FROM SCHEMA.groups g WHERE g.queue = queue_id AND g.name = enqueue."group")
            ON CONFLICT DO NOTHING;
        SELECT max(g.id) INTO group_id FROM SCHEMA.groups g WHERE g.queue = queue_id AND g.name = enqueue."group";
    END IF;
    INSERT INTO SCHEMA.paces (queue, app, channel)
        SELECT DISTINCT queue_id, enqueue_app, c FROM unnest(ARRAY['', enqueue_channel]) AS u(c)
        WHERE NOT EXISTS (SELECT FROM SCHEMA.paces p
            WHERE p.queue = queue_id AND p.app = enqueue_app AND p.channel = u.c)
        ON CONFLICT DO NOTHING;
    SELECT p.id INTO pace_id FROM SCHEMA.paces p
        WHERE p.queue = queue_id AND p.app = enqueue_app AND p.channel = enqueue_channel;
    IF queue_id IS NULL OR group_id IS NULL OR pace_id IS NULL THEN
        -- With a snapshot from before another transaction that made it.
        RAISE serialization_failure USING MESSAGE = 'another transaction has made the queue, the group or the app; try again';
    END IF;

    INSERT INTO SCHEMA.outbox (id, queue, grp, pace, dedup_key, ordering_key, priority, request, policy, pause, expires,
        created, changed, due, readiness)
    VALUES (row_id, queue_id, group_id, pace_id, enqueue.dedup_key, enqueue.ordering_key, enqueue.priority,
        enqueue.request::text, policy_kind,
        coalesce((extract(epoch FROM enqueue.unknown_after) * 1000000)::bigint, 0), expires_at, now_at, now_at, due_at,
        CASE WHEN enqueue.ordering_key IS NOT NULL THEN 4 WHEN due_at > now_at THEN 0 ELSE 1 END)
    ON CONFLICT (queue, dedup_key) WHERE dedup_key IS NOT NULL DO NOTHING
    RETURNING id INTO found_id;
    IF found_id IS NULL THEN
        SELECT o.id INTO found_id FROM SCHEMA.outbox o WHERE o.queue = queue_id AND o.dedup_key = enqueue.dedup_key;
        IF found_id IS NULL THEN
            RAISE serialization_failure USING MESSAGE = 'another transaction has the dedup key; try again';
        END IF;
        RETURN found_id;
    END IF;
    INSERT INTO SCHEMA.count_changes (queue, grp, state, rows) VALUES (queue_id, group_id, 0, 1);
    IF enqueue.wake THEN
        PERFORM pg_notify('SCHEMA', enqueue.queue);
    END IF;
    RETURN row_id;
END
$function$;
