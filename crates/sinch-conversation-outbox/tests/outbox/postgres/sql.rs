//! The function that SQL calls, through sqlx in a transaction of its own.

use std::time::Duration;

use sinch_conversation_outbox::store::Key;
use sinch_conversation_outbox::{
    Clock, NewRow, PaceKey, PostgresStore, Reply, RowId, Sender, State, Store, SystemClock, Worker,
    WorkerOptions,
};
use sqlx_core::connection::{ConnectOptions, Connection};
use sqlx_core::query_scalar::query_scalar;
use sqlx_postgres::{PgConnectOptions, PgConnection, Postgres};

use super::{open, schema, server};

const REQUEST: &str = r#"{"app_id": "01A", "message": {"text_message": {"text": "On its way"}},
    "recipient": {"identified_by": {"channel_identities": [{"channel": "SMS", "identity": "+46"}]}}}"#;

/// A store, a connection of sqlx, and the name of the schema.
async fn setup() -> Option<(PostgresStore, PgConnection, String)> {
    let (server, schema) = (server()?, schema());
    let store = open(server, &schema).await;
    let options: PgConnectOptions = server.url().parse().unwrap();
    Some((store, options.connect().await.unwrap(), schema))
}

/// Calls the function with these arguments in SQL, and the request as the first value.
async fn enqueue(
    connection: &mut PgConnection,
    schema: &str,
    arguments: &str,
) -> Result<RowId, String> {
    let sql = format!("SELECT replace({schema}.enqueue('q', $1::jsonb{arguments})::text, '-', '')");
    let query = query_scalar::<Postgres, String>(&sql).bind(REQUEST);
    let id = query.fetch_one(connection).await;
    id.map(|id| id.parse().unwrap())
        .map_err(|error| error.to_string())
}

/// Accepts everything.
struct Accepting;

impl Sender for Accepting {
    async fn send(&self, _: RowId, request: String) -> Reply {
        assert!(request.contains("On its way"));
        Reply::Accepted { message_id: None }
    }
}

async fn state(store: &PostgresStore, id: RowId) -> Option<State> {
    let found = store.find("q", Key::Id(id)).await.unwrap();
    found.map(|row| row.state)
}

#[tokio::test]
async fn a_row_is_there_with_the_transaction_and_is_sent() {
    let Some((store, mut connection, schema)) = setup().await else {
        return;
    };
    let options =
        WorkerOptions::default().intervals(Duration::from_secs(600), Duration::from_secs(600));
    tokio::spawn(
        Worker::new(store.clone(), Accepting, "q")
            .options(options)
            .run(),
    );

    let mut transaction = connection.begin().await.unwrap();
    let undone = enqueue(&mut transaction, &schema, "").await.unwrap();
    transaction.rollback().await.unwrap();
    assert_eq!(state(&store, undone).await, None);

    let mut transaction = connection.begin().await.unwrap();
    let done = enqueue(&mut transaction, &schema, ", dedup_key => 'order-1'")
        .await
        .unwrap();
    assert_eq!(state(&store, done).await, None);
    transaction.commit().await.unwrap();
    // Well before the worker would look by itself.
    let sent = async {
        while state(&store, done).await != Some(State::Accepted) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), sent)
        .await
        .unwrap();
    let again = enqueue(&mut connection, &schema, ", dedup_key => 'order-1'").await;
    assert_eq!(again, Ok(done));
    let same = NewRow::new(REQUEST).dedup_key("order-1");
    let stored = store
        .enqueue("q", vec![same], SystemClock.now())
        .await
        .unwrap();
    assert_eq!((stored[0].id, stored[0].is_new), (done, false));
    let counts = store.status("q", None).await.unwrap().counts;
    assert_eq!((counts.of(State::Accepted), counts.total()), (1, 1));
}

/// A row that SQL has stored is like one that the library has stored.
#[tokio::test]
async fn every_argument_means_what_it_means_in_the_library() {
    let Some((store, mut connection, schema)) = setup().await else {
        return;
    };
    let arguments = r#", "group" => 'g', ordering_key => 'somebody', priority => 7,
        not_before => now() + interval '1 hour', expires => now() + interval '2 hours',
        on_unknown => 'send_again', unknown_after => '90 seconds', wake => false"#;
    let first = enqueue(&mut connection, &schema, arguments).await.unwrap();
    let hour = Duration::from_secs(3_600);
    let now = SystemClock.now();
    let row = NewRow::new(REQUEST)
        .group("g")
        .ordering_key("somebody")
        .priority(7)
        .not_before(now.plus(hour))
        .expires(now.plus(hour * 2))
        .on_unknown(sinch_conversation_outbox::UnknownPolicy::SendAgainAfter(
            Duration::from_secs(90),
        ));
    assert_eq!(row.pace_key, Some(PaceKey::new("01A").channel("SMS")));
    let second = store.enqueue("q", vec![row], now).await.unwrap()[0].id;
    let columns = "queue, grp, pace, ordering_key, priority, policy, pause, state, open, readiness, attempt, \
         round((due - created) / 60e6), round((expires - created) / 60e6), changed = created, request::jsonb";
    let sql = format!(
        "SELECT count(*) FROM (SELECT DISTINCT {columns} FROM {schema}.outbox WHERE id IN ('{first}', '{second}')) AS d"
    );
    let kinds = query_scalar::<Postgres, i64>(&sql).fetch_one(&mut connection);
    assert_eq!(kinds.await.unwrap(), 1);
    assert_eq!(
        store.status("q", Some("g")).await.unwrap().counts.total(),
        2
    );
}

#[tokio::test]
async fn wrong_arguments_are_named_with_their_remedy() {
    let Some((store, mut connection, schema)) = setup().await else {
        return;
    };
    for (arguments, named, remedy) in [
        (", dedup_key => ''", "dedup_key", "NULL"),
        (", priority => NULL", "priority", "leave it out"),
        (", on_unknown => 'forget'", "on_unknown", "'ask'"),
        (", on_unknown => NULL", "on_unknown", "'ask'"),
        (", on_unknown => 'ask'", "unknown_after", "interval"),
        (", unknown_after => '1 s'", "unknown_after", "'leave'"),
        (", expires => now()", "expires", "after not_before"),
    ] {
        let error = enqueue(&mut connection, &schema, arguments)
            .await
            .unwrap_err();
        assert!(
            error.contains(&format!("{named}: ")) || error.contains(&format!("{named}, ")),
            "{error}"
        );
        assert!(error.contains(remedy), "{error}");
    }
    for (queue, request, named) in [
        ("''", "'{}'", "queue: "),
        ("'q'", "NULL", "request: "),
        ("'q'", "'[]'", "request: "),
        ("'q'", "'{}'", "request: "),
        (
            "'q'",
            r#"'{"app_id": "", "message": {}, "recipient": {}}'"#,
            "request.app_id: ",
        ),
        (
            "'q'",
            r#"'{"app_id": "a", "correlation_id": "mine"}'"#,
            "request.correlation_id: ",
        ),
    ] {
        let sql = format!("SELECT {schema}.enqueue({queue}, {request})::text");
        let query = query_scalar::<Postgres, String>(&sql);
        let error = query
            .fetch_one(&mut connection)
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains(named), "{error}");
    }
    assert_eq!(store.status("q", None).await.unwrap().counts.total(), 0);
}

/// The rights that the documentation of the store names.
#[tokio::test]
async fn a_role_that_only_stores_messages_needs_few_rights() {
    let Some((store, mut connection, schema)) = setup().await else {
        return;
    };
    for sql in [
        format!("CREATE ROLE {schema}_shop"),
        format!("GRANT USAGE ON SCHEMA {schema} TO {schema}_shop"),
        format!(
            "GRANT SELECT, INSERT ON {schema}.queues, {schema}.groups, {schema}.paces, {schema}.outbox TO {schema}_shop"
        ),
        format!("GRANT INSERT ON {schema}.count_changes TO {schema}_shop"),
        format!("SET ROLE {schema}_shop"),
    ] {
        sqlx_core::query::query::<Postgres>(&sql)
            .execute(&mut connection)
            .await
            .unwrap();
    }
    let arguments = r#", dedup_key => 'order-1', "group" => 'g'"#;
    let first = enqueue(&mut connection, &schema, arguments).await;
    assert_eq!(enqueue(&mut connection, &schema, arguments).await, first);
    assert_eq!(state(&store, first.unwrap()).await, Some(State::Queued));
}
