//! Waiting for the delivery of messages.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sinch_conversation_raw::types::{ConversationWebhookEvent, MessageDeliveryReceiptEvent};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::{DeliveryReport, Event};

/// How many messages are remembered by default.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();

/// How long a report is remembered by default.
const MAX_AGE: Duration = Duration::from_secs(15 * 60);

/// Waits for the delivery of messages, by the delivery reports that this process receives.
///
/// Pass it to [`Receiver::deliveries`](super::Receiver::deliveries), or call [`observe`](Self::observe) with each
/// event. The webhook needs the trigger `MESSAGE_DELIVERY`. Clones share it.
///
/// A report may arrive before the answer to the send. So the latest report of a message is remembered: by default of
/// 10,000 messages, each for 15 minutes from its first report. When there are more, the oldest are forgotten.
///
/// There is no other way to learn of a delivery: a stored message does not have a status. With several processes
/// behind one address, the report may reach another process than the one that waits; share the reports between them,
/// by a queue for instance, and `observe` them.
///
/// ```
/// # doctest::run(async |doctest::Setup { app, sandbox, .. }| {
/// use std::time::Duration;
///
/// use sinch_conversation::message::Text;
/// use sinch_conversation::recipient::sms;
/// use sinch_conversation::webhook::{Deliveries, Receiver, Verifier};
///
/// let deliveries = Deliveries::new();
/// let receiver = Receiver::new(Verifier::new(["the secret of the webhook"])?).deliveries(&deliveries);
///
/// let sent = app.send(Text::new("Your code is 1234")).to(sms("+46700000001")).await?;
/// # sandbox.wait_for_delivery(sent.message_id.as_str(), doctest::SOON).await?;
/// # deliveries.observe(&doctest::callback(&sandbox, "MESSAGE_DELIVERY").await?);
/// let delivery = deliveries.wait_for(&sent.message_id, Duration::from_secs(30)).await?;
/// if !delivery.report().is_delivered() {
///     println!("failed: {:?}", delivery.report().reason());
/// }
/// # assert!(delivery.report().is_delivered());
/// # Ok(()) });
/// ```
#[derive(Clone)]
pub struct Deliveries {
    capacity: NonZeroUsize,
    max_age: Duration,
    messages: Arc<Mutex<Messages>>,
}

/// The latest report of a message. Returned by [`Deliveries::wait_for`].
///
/// `Debug` shows the id of the message and the status; the rest may be private.
#[derive(Clone, PartialEq)]
pub struct Delivery {
    callback: Arc<MessageDeliveryReceiptEvent>,
}

/// The time-out passed before the message had a final status.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("the message had no final status within {timeout:?}")]
#[non_exhaustive]
pub struct DeliveryTimeout {
    /// How long was waited.
    pub timeout: Duration,
    /// The latest report; `None` when there was none.
    pub last: Option<Delivery>,
}

#[derive(Default)]
struct Messages {
    reports: HashMap<String, Delivery>,
    /// When the first report of each message came, the oldest first.
    ages: VecDeque<(Instant, String)>,
    waiting: HashMap<String, Vec<oneshot::Sender<Delivery>>>,
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = self.report();
        f.debug_struct("Delivery")
            .field("message_id", &report.message_id())
            .field("status", &report.status())
            .finish_non_exhaustive()
    }
}

impl Delivery {
    /// Returns the report.
    pub fn report(&self) -> DeliveryReport<'_> {
        DeliveryReport::from(&*self.callback)
    }

    /// Whether this report replaces another one of the same message. Reports can arrive out of order.
    fn supersedes(&self, other: &Self) -> bool {
        let (new, old) = (self.report(), other.report());
        if new.is_final() != old.is_final() {
            return new.is_final();
        }
        let time = |report: DeliveryReport<'_>| report.event_time()?.to_datetime();
        match (time(new), time(old)) {
            (Some(new), Some(old)) => new >= old,
            _ => true,
        }
    }
}

impl Deliveries {
    /// Creates one that remembers the reports of 10,000 messages for 15 minutes each.
    pub fn new() -> Self {
        Self {
            capacity: CAPACITY,
            max_age: MAX_AGE,
            messages: Arc::default(),
        }
    }

    /// Sets of how many messages the latest report is remembered. A report takes about 1 kB, and more with long
    /// metadata. Messages that are waited for are not counted.
    #[must_use]
    pub fn capacity(mut self, messages: NonZeroUsize) -> Self {
        self.capacity = messages;
        self
    }

    /// Sets how long reports are remembered, from the first one of a message. 15 minutes by default.
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = age;
        self
    }

    /// Notes a delivery report, and wakes up those who wait for it. Other events are ignored. Events that were noted
    /// before make no difference.
    pub fn observe(&self, event: &Event) {
        let ConversationWebhookEvent::MessageDeliveryReceiptEvent(callback) = event.typed() else {
            return;
        };
        let Some(id) = DeliveryReport::from(callback).message_id() else {
            return;
        };
        let delivery = Delivery {
            callback: Arc::new(callback.clone()),
        };
        let mut messages = self.lock();
        messages.forget(self.capacity, self.max_age);
        messages.note(id, delivery);
        messages.forget(self.capacity, self.max_age);
    }

    /// Returns the latest report of a message; `None` when there was none, or it was forgotten.
    ///
    /// ```
    /// # doctest::run(async |_| {
    /// use std::num::NonZeroUsize;
    /// use std::time::Duration;
    ///
    /// use sinch_conversation::webhook::{Deliveries, Event};
    ///
    /// let deliveries = Deliveries::new()
    ///     .capacity(NonZeroUsize::new(100_000).ok_or("not zero")?)
    ///     .max_age(Duration::from_secs(3600));
    /// // An event of a queue, for instance.
    /// let event = Event::from_slice(br#"{"app_id": "01A", "project_id": "p",
    ///     "message_delivery_report": {"message_id": "01M", "status": "DELIVERED"}}"#)?;
    /// deliveries.observe(&event);
    /// assert!(deliveries.latest("01M").is_some_and(|delivery| delivery.report().is_final()));
    /// # Ok(()) });
    /// ```
    pub fn latest(&self, message: impl AsRef<str>) -> Option<Delivery> {
        self.lock().reports.get(message.as_ref()).cloned()
    }

    /// Waits until a message has a [final status](sinch_conversation_raw::types::DeliveryStatus::is_final): it has
    /// arrived, or failed on every channel. Returns immediately when the report has come already.
    ///
    /// # Errors
    ///
    /// [`DeliveryTimeout`] when the status is not final in time. Some channels never report that a message has arrived.
    pub async fn wait_for(
        &self,
        message: impl AsRef<str>,
        timeout: Duration,
    ) -> Result<Delivery, DeliveryTimeout> {
        let id = message.as_ref();
        let report = match self.lock().subscribe(id) {
            Ok(delivery) => return Ok(delivery),
            Err(report) => report,
        };
        let waiting = Waiting {
            deliveries: self,
            id,
            report: Some(report),
        };
        match tokio::time::timeout(timeout, waiting.report()).await {
            Ok(Some(delivery)) => Ok(delivery),
            // The report may have come together with the end of the time.
            _ => match self.latest(id) {
                Some(delivery) if delivery.report().is_final() => Ok(delivery),
                last => Err(DeliveryTimeout { timeout, last }),
            },
        }
    }

    fn lock(&self) -> MutexGuard<'_, Messages> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One who waits. Leaves nothing behind when it stops waiting.
struct Waiting<'a> {
    deliveries: &'a Deliveries,
    id: &'a str,
    report: Option<oneshot::Receiver<Delivery>>,
}

impl Waiting<'_> {
    async fn report(mut self) -> Option<Delivery> {
        self.report.as_mut()?.await.ok()
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.report = None;
        self.deliveries.lock().unsubscribe(self.id);
    }
}

impl Messages {
    /// The final report of a message, or the promise of it. Both under one lock, so that no report is missed.
    fn subscribe(&mut self, id: &str) -> Result<Delivery, oneshot::Receiver<Delivery>> {
        if let Some(delivery) = self.reports.get(id)
            && delivery.report().is_final()
        {
            return Ok(delivery.clone());
        }
        let (sender, receiver) = oneshot::channel();
        self.waiting.entry(id.to_owned()).or_default().push(sender);
        Err(receiver)
    }

    fn unsubscribe(&mut self, id: &str) {
        if let Some(waiting) = self.waiting.get_mut(id) {
            waiting.retain(|sender| !sender.is_closed());
            if waiting.is_empty() {
                self.waiting.remove(id);
            }
        }
    }

    fn note(&mut self, id: &str, delivery: Delivery) {
        match self.reports.get_mut(id) {
            Some(known) if delivery.supersedes(known) => *known = delivery.clone(),
            Some(_) => return,
            None => {
                self.reports.insert(id.to_owned(), delivery.clone());
                self.ages.push_back((Instant::now(), id.to_owned()));
            }
        }
        if delivery.report().is_final() {
            for sender in self.waiting.remove(id).unwrap_or_default() {
                // One who stopped waiting does not need it.
                let _ = sender.send(delivery.clone());
            }
        }
    }

    fn forget(&mut self, capacity: NonZeroUsize, max_age: Duration) {
        let is_over = |since: &Instant| since.elapsed() >= max_age;
        while self.reports.len() > capacity.get()
            || self.ages.front().is_some_and(|(since, _)| is_over(since))
        {
            let Some((_, id)) = self.ages.pop_front() else {
                return;
            };
            self.reports.remove(&id);
        }
    }
}

impl fmt::Debug for Deliveries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let messages = self.lock();
        f.debug_struct("Deliveries")
            .field("capacity", &self.capacity)
            .field("max_age", &self.max_age)
            .field("reports", &messages.reports.len())
            .field("waiting", &messages.waiting.len())
            .finish()
    }
}

impl Default for Deliveries {
    fn default() -> Self {
        Self::new()
    }
}
