//! The client in code that is not asynchronous.
//!
//! Everything that can be awaited can be waited for, and lists are iterators.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use sinch_conversation::blocking::Blocking;
//! use sinch_conversation::message::Text;
//! use sinch_conversation::recipient::sms;
//!
//! let blocking = Blocking::new()?;
//! # let setup = blocking.wait(doctest::Setup::start())?;
//! # let client = &setup.client;
//! let app = client.default_app();
//!
//! let sent = blocking.wait(app.send(Text::new("Hello")).to(sms("+46700000001")))?;
//! println!("{}", sent.message_id);
//!
//! for message in blocking.iter(app.messages()) {
//!     println!("{}", message?.id());
//! }
//! # Ok(())
//! # }
//! ```

use std::future::IntoFuture;
use std::io;

use futures_util::stream::{Stream, StreamExt};
use tokio::runtime::{Builder, Runtime};

use crate::error::Error;
use crate::resources::Paginator;

/// Runs what the client does on a thread of its own, and waits for it.
///
/// One is enough for a program: it can be shared between threads. Connections and tokens belong to the client, so
/// they outlive a wait.
#[derive(Debug)]
pub struct Blocking {
    runtime: Runtime,
}

impl Blocking {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// When the system has no thread or no event queue left.
    pub fn new() -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("sinch-conversation")
            .enable_all()
            .build()?;
        Ok(Self { runtime })
    }

    /// Waits for a call.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let blocking = sinch_conversation::blocking::Blocking::new()?;
    /// # let setup = blocking.wait(doctest::Setup::start())?;
    /// # let client = &setup.client;
    /// let apps = blocking.wait(client.apps().list().collect(1000))?;
    /// # assert_eq!(apps.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// On a thread that runs asynchronous code itself; await the call there.
    pub fn wait<C: IntoFuture>(&self, call: C) -> C::Output {
        self.runtime.block_on(call.into_future())
    }

    /// Reads a list as an iterator, which waits for a page when it needs one. It ends after the first error.
    ///
    /// # Panics
    ///
    /// As [`wait`](Self::wait), when it is advanced.
    pub fn iter<T: Send + 'static>(
        &self,
        list: impl Into<Paginator<T>>,
    ) -> impl Iterator<Item = Result<T, Error>> {
        self.iter_stream(list.into().into_stream())
    }

    /// Reads a stream as an iterator, such as [`parts`](crate::resources::SendBatch::parts) of a batch or the
    /// outcomes of a [bulk run](crate::bulk).
    ///
    /// # Panics
    ///
    /// As [`wait`](Self::wait), when it is advanced.
    pub fn iter_stream<'a, S: Stream + Unpin + 'a>(
        &'a self,
        mut stream: S,
    ) -> impl Iterator<Item = S::Item> + 'a {
        std::iter::from_fn(move || self.runtime.block_on(stream.next()))
    }
}
