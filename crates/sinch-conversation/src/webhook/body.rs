//! Reads the bodies of callbacks, within limits of time and memory.

use std::sync::Arc;
use std::time::Duration;

use axum_core::body::Body;
use futures_util::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::WebhookError;

/// The default time limit of one body.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The default memory for all bodies together, in bytes.
const MEMORY: usize = 32 * 1024 * 1024;

/// Reads bodies. Clones share the memory limit.
#[derive(Clone, Debug)]
pub(super) struct BodyReader {
    pub(super) timeout: Duration,
    /// One permit for each byte.
    memory: Arc<Semaphore>,
}

/// A body, and its share of the memory until it is dropped.
pub(super) struct HeldBody {
    pub(super) bytes: Vec<u8>,
    pub(super) held: OwnedSemaphorePermit,
}

impl Default for BodyReader {
    fn default() -> Self {
        Self {
            timeout: TIMEOUT,
            memory: memory(MEMORY),
        }
    }
}

impl BodyReader {
    pub(super) fn set_memory(&mut self, bytes: usize) {
        self.memory = memory(bytes);
    }

    /// Reads a body of at most `limit` bytes.
    pub(super) async fn read(&self, body: Body, limit: usize) -> Result<HeldBody, WebhookError> {
        let timeout = self.timeout;
        tokio::time::timeout(timeout, self.read_all(body, limit))
            .await
            .unwrap_or(Err(WebhookError::BodyTimeout { timeout }))
    }

    async fn read_all(&self, body: Body, limit: usize) -> Result<HeldBody, WebhookError> {
        let mut chunks = body.into_data_stream();
        let mut body = HeldBody {
            bytes: Vec::new(),
            held: self.hold(0)?,
        };
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| WebhookError::Unreadable(error.into_inner()))?;
            if chunk.len() > limit.saturating_sub(body.bytes.len()) {
                return Err(WebhookError::TooLarge { limit });
            }
            self.make_room(&mut body, chunk.len(), limit)?;
            body.bytes.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// Reserves memory for the bytes that arrived, never for those that were only announced. It is at least doubled, so
    /// that a body in many pieces is not moved for each of them.
    fn make_room(
        &self,
        body: &mut HeldBody,
        more: usize,
        limit: usize,
    ) -> Result<(), WebhookError> {
        let (length, held) = (body.bytes.len(), body.held.num_permits());
        if length + more > held {
            let wanted = (length + more).max(held.saturating_mul(2).min(limit));
            body.held.merge(self.hold(wanted - held)?);
            body.bytes.reserve_exact(wanted - length);
        }
        Ok(())
    }

    fn hold(&self, bytes: usize) -> Result<OwnedSemaphorePermit, WebhookError> {
        let bytes = u32::try_from(bytes).map_err(|_| WebhookError::OutOfMemory)?;
        let memory = Arc::clone(&self.memory);
        let held = memory.try_acquire_many_owned(bytes);
        held.map_err(|_| WebhookError::OutOfMemory)
    }
}

fn memory(bytes: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(bytes.min(Semaphore::MAX_PERMITS)))
}
