//! Waiting for the end of a batch.

use std::time::Duration;

use sinch_conversation_raw::batch;
use sinch_conversation_raw::types::BatchStatus;
use tokio::time::Instant;

use super::{Batch, Batches, Stored};
use crate::error::Error;
use crate::id::BatchId;

/// The first pause between two requests. Each further one is twice as long.
const SHORTEST: Duration = Duration::from_millis(500);

/// The longest pause between two requests.
const LONGEST: Duration = Duration::from_secs(30);

impl Batches {
    /// Waits until a batch has a [final status](BatchStatus::is_final), by asking for it again and again: at first after
    /// half a second, in the end every 30 seconds (`Batch_GetBatchStatus`).
    ///
    /// A batch that was processed has sent its messages; whether they arrive, their delivery reports say. For single
    /// messages, see [`Deliveries`](crate::webhook::Deliveries): the API has no status to ask for.
    ///
    /// ```
    /// # doctest::run(async |doctest::Setup { client, app, .. }| {
    /// use std::time::Duration;
    ///
    /// use sinch_conversation::message::Text;
    /// use sinch_conversation::recipient::sms;
    ///
    /// let sent = app.send_batch(Text::new("We open again")).recipients([sms("+46700000001")]).await?;
    /// let batch = client.batches().wait_for(&sent, Duration::from_secs(600)).await?;
    /// println!("{:?}", batch.data().status);
    /// # assert_eq!(batch.data().status, Some(sinch_conversation::types::BatchStatus::Processed));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`status`](Self::status), and [`Timeout`](crate::error::ErrorKind::Timeout) when the status is not final in time.
    pub async fn wait_for(
        &self,
        id: impl Into<BatchId>,
        timeout: Duration,
    ) -> Result<Batch, Error> {
        let id = id.into();
        let (start, mut pause) = (Instant::now(), SHORTEST);
        loop {
            let request = batch::batch_get_batch_status(self.client.project_id(), id.as_str());
            let batch = self.client.execute(request).await?;
            if batch.status.as_ref().is_some_and(BatchStatus::is_final) {
                return Stored::read(batch);
            }
            if start.elapsed() + pause > timeout {
                return Err(Error::call_timeout());
            }
            tokio::time::sleep(pause).await;
            pause = (2 * pause).min(LONGEST);
        }
    }
}
