//! What is done with each callback, one after the other.

use sinch_conversation::Client;
use sinch_conversation::message::Text;
use sinch_conversation::webhook::{Event, EventKind};
use tokio::sync::mpsc;

use super::forward::Forward;
use super::print::Printer;
use super::server::Arrival;
use crate::error::Failure;
use crate::received::ReceivedCallback;

pub(super) struct Arrivals<'a> {
    pub(super) client: &'a Client,
    pub(super) forward: Forward,
    pub(super) printer: Printer,
    pub(super) reply_with: Option<&'a str>,
    /// After how many callbacks it ends.
    pub(super) left: u64,
    pub(super) arrivals: mpsc::Receiver<Arrival>,
}

impl Arrivals<'_> {
    /// Writes, forwards and answers callbacks until as many have come as were asked for.
    ///
    /// # Errors
    ///
    /// Those of the output. That a target does not answer, or that a reply fails, is written.
    pub(super) async fn handle(&mut self) -> Result<(), Failure> {
        while self.left > 0
            && let Some(arrival) = self.arrivals.recv().await
        {
            match arrival {
                Arrival::Refused(reason) => self.printer.refused(&reason)?,
                Arrival::Callback(callback) => {
                    self.handle_one(&callback).await?;
                    self.left -= 1;
                }
            }
        }
        Ok(())
    }

    async fn handle_one(&self, callback: &ReceivedCallback) -> Result<(), Failure> {
        self.printer.callback(callback)?;
        for target in self.forward.targets(&callback.trigger) {
            let answer = self.forward.post(target, callback).await;
            self.printer.forwarded(target, &answer)?;
        }
        match self.reply_with {
            Some(text) => self.reply(&callback.event(), text).await,
            None => Ok(()),
        }
    }

    async fn reply(&self, event: &Event, text: &str) -> Result<(), Failure> {
        let EventKind::Inbound(message) = event.kind() else {
            return Ok(());
        };
        let sent = self.client.reply_to(message, Text::new(text)).await;
        let sent = sent.map(|sent| sent.message_id.as_str().to_owned());
        self.printer
            .replied(&sent.map_err(|error| error.to_string()))
    }
}
