//! The stores that tests take in turn.

use sinch_conversation_outbox::{AnyStore, SqliteStore};

/// Makes a test of each case in each store; a case takes an empty one.
macro_rules! in_each_store {
    ($($case:ident),+ $(,)?) => {
        mod on_sqlite {$(
            #[tokio::test]
            async fn $case() {
                super::$case($crate::stores::sqlite()).await;
            }
        )+}

        #[cfg(unix)]
        mod on_postgres {$(
            #[tokio::test]
            async fn $case() {
                let Some(store) = $crate::stores::postgres().await else { return };
                super::$case(store).await;
            }
        )+}
    };
}
pub(crate) use in_each_store;

/// An empty store in memory.
pub(crate) fn sqlite() -> AnyStore {
    AnyStore::Sqlite(SqliteStore::builder().open_in_memory().unwrap())
}

/// An empty store in the server of all tests; `None` where there is no Postgres.
#[cfg(unix)]
pub(crate) async fn postgres() -> Option<AnyStore> {
    crate::postgres::store().await.map(AnyStore::Postgres)
}
