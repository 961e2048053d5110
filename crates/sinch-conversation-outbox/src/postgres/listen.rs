//! Waits for what others have stored.

use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::future::poll_fn;
use tokio::sync::watch;
use tokio_postgres::AsyncMessage;

use super::connection::Connector;
use super::error::database_error;
use crate::store::{Signals, StoreError};

/// The pause before the next try to connect.
const PAUSE: Duration = Duration::from_secs(1);

/// Announces what is told by NOTIFY, until the store is closed. Whatever was told while there was no connection may have
/// been missed, so that everybody looks after it.
pub(super) async fn listen(
    connector: Connector,
    signals: Weak<Signals>,
    mut closed: watch::Receiver<bool>,
) {
    loop {
        let listening = listen_once(&connector, &signals);
        tokio::select! {
            biased;
            _ = closed.wait_for(|closed| *closed) => return,
            ended = listening => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "the connection that listens ended");
                }
            }
        }
        tokio::select! {
            biased;
            _ = closed.wait_for(|closed| *closed) => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

async fn listen_once(connector: &Connector, signals: &Weak<Signals>) -> Result<(), StoreError> {
    let connected = connector.config.connect(connector.tls.clone()).await;
    let (client, mut connection) = connected.map_err(|error| database_error(&error))?;
    let sql = format!("LISTEN {}", connector.schema);
    let listening = client.batch_execute(&sql);
    tokio::pin!(listening);
    let mut is_listening = false;
    loop {
        let message = poll_fn(|context| connection.poll_message(context));
        tokio::select! {
            done = &mut listening, if !is_listening => {
                done.map_err(|error| database_error(&error))?;
                is_listening = true;
                announce(signals, Signals::announce_all);
            }
            message = message => match message {
                Some(Ok(AsyncMessage::Notification(told))) => {
                    announce(signals, |signals| signals.announce(told.payload()));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(database_error(&error)),
                None => return Ok(()),
            },
        }
    }
}

fn announce(signals: &Weak<Signals>, announce: impl FnOnce(&Signals)) {
    if let Some(signals) = Weak::upgrade(signals) {
        announce(&Arc::clone(&signals));
    }
}
