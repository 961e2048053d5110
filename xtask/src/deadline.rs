//! Limits of time and stack for processing documents.

use std::{
    panic,
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

use crate::document::DocumentError;

/// The time limit for all documents together. The published ones take seconds.
pub const LIMIT: Duration = Duration::from_secs(120);

/// The stack for recursion along references, of which a document may have long chains.
const STACK: usize = 512 * 1024 * 1024;

/// Processes documents in a separate thread. Work that exceeds the limit continues until the process exits.
pub fn within<T: Send + 'static>(
    limit: Duration,
    run: impl FnOnce() -> T + Send + 'static,
) -> Result<T, DocumentError> {
    let fault = |message: String| {
        let remedy = "check that these are the intended documents";
        DocumentError::new("the documents", "", message, remedy)
    };
    let (sender, receiver) = mpsc::channel();
    let worker = thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || drop(sender.send(run())))
        .map_err(|error| fault(format!("cannot start a thread for them: {error}")))?;
    match receiver.recv_timeout(limit) {
        Ok(done) => Ok(done),
        Err(RecvTimeoutError::Timeout) => {
            Err(fault(format!("expected to process them within {limit:?}")))
        }
        Err(RecvTimeoutError::Disconnected) => match worker.join() {
            Err(panicked) => panic::resume_unwind(panicked),
            Ok(()) => Err(fault("expected a result".to_owned())),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_too_long_is_given_up() {
        assert_eq!(within(LIMIT, || 1), Ok(1));
        let endless: Result<(), _> = within(Duration::ZERO, || {
            loop {
                thread::park();
            }
        });
        let error = endless.expect_err("it never ends");
        assert!(error.message.contains("in 0ns"), "{error}");
    }
}
