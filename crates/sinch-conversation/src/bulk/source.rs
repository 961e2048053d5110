//! The items of a run, as they come from the caller's iterator or stream.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll, ready};

use futures_util::stream::{BoxStream, StreamExt};

/// The items from a position on. It counts them, and is not read again after its end or a panic.
pub(super) struct Source<'a, T> {
    /// `None` after the end and after a panic.
    items: Option<BoxStream<'a, T>>,
    panicked: bool,
    /// How many items were read, which is the position of the next one.
    read: usize,
    start: usize,
}

/// What the source says when it is asked for an item.
pub(super) enum Pulled<T> {
    /// An item and its position.
    Item(usize, T),
    /// There are no more items.
    End,
    /// The source panicked at this position.
    Panic(usize),
}

impl<'a, T> Source<'a, T> {
    pub(super) fn new(items: BoxStream<'a, T>, start: usize) -> Self {
        Self {
            items: Some(items),
            panicked: false,
            read: 0,
            start,
        }
    }

    /// The next item that is not skipped.
    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Pulled<T>> {
        while let Some(items) = &mut self.items {
            let poll = catch_unwind(AssertUnwindSafe(|| items.poll_next_unpin(context)));
            let Ok(poll) = poll else {
                self.items = None;
                self.panicked = true;
                return Poll::Ready(Pulled::Panic(self.read));
            };
            let Some(item) = ready!(poll) else {
                self.items = None;
                break;
            };
            let position = self.read;
            self.read += 1;
            if position >= self.start {
                return Poll::Ready(Pulled::Item(position, item));
            }
        }
        Poll::Ready(Pulled::End)
    }

    /// The position of the first item that was not taken.
    pub(super) fn next(&self) -> usize {
        self.read.max(self.start)
    }

    /// Whether there are no more items.
    pub(super) fn is_done(&self) -> bool {
        self.items.is_none()
    }

    /// How many items are left; `None` when that cannot be told.
    pub(super) fn remaining(&self) -> Option<usize> {
        let Some(items) = &self.items else {
            return (!self.panicked).then_some(0);
        };
        let (least, most) = items.size_hint();
        let left = most.filter(|most| *most == least)?;
        Some(left.saturating_sub(self.start.saturating_sub(self.read)))
    }
}
