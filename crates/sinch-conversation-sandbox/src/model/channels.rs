//! The simulated channels, which deliver every message unless a test changes that.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sinch_conversation_raw::types::{ChannelIdentity, ConversationChannel, ReasonCode};

/// How a channel fails: the reason, and the phase in which it fails.
///
/// ```
/// use sinch_conversation_sandbox::Failure;
///
/// let refused = Failure::from("CHANNEL_FAILURE");
/// let lost = Failure::new("RECIPIENT_NOT_REACHABLE").describe("The handset is off").after_queueing();
/// let busy = Failure::new("CHANNEL_FAILURE").temporary();
/// assert_ne!(refused, lost);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    pub(crate) code: ReasonCode,
    pub(crate) description: String,
    pub(crate) after_queueing: bool,
    pub(crate) temporary: bool,
}

impl Failure {
    /// Creates a failure in which the channel refuses the message, for this reason.
    pub fn new(code: impl Into<ReasonCode>) -> Self {
        Self {
            code: code.into(),
            description: String::new(),
            after_queueing: false,
            temporary: false,
        }
    }

    /// Sets `reason.description`.
    #[must_use]
    pub fn describe(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Makes it happen later: the channel accepts the message, QUEUED_ON_CHANNEL is reported, then delivery fails.
    #[must_use]
    pub fn after_queueing(mut self) -> Self {
        self.after_queueing = true;
        self
    }

    /// Makes it a transient failure: the channel is retried as the app's `message_retry_settings` allow, before the
    /// message falls back to the next one. The pauses are 5, 10, 20, ... seconds by the sandbox's clock.
    #[must_use]
    pub fn temporary(mut self) -> Self {
        self.temporary = true;
        self
    }
}

impl From<ReasonCode> for Failure {
    fn from(code: ReasonCode) -> Self {
        Self::new(code)
    }
}

impl From<&str> for Failure {
    fn from(code: &str) -> Self {
        Self::new(code)
    }
}

#[derive(Default)]
struct Behavior {
    next: VecDeque<Failure>,
    always: Option<Failure>,
    delay: Duration,
    silent: bool,
}

impl Behavior {
    fn is_set(&self) -> bool {
        !self.next.is_empty() || self.always.is_some() || self.silent || !self.delay.is_zero()
    }
}

/// A channel whose behavior a test has changed.
#[derive(Serialize)]
pub(crate) struct ChannelBehavior {
    channel: String,
    /// The failure of every message until the channel is restored.
    fails: Option<Failure>,
    /// How many of the next messages fail.
    fails_next: usize,
    delay_ms: u64,
    silent: bool,
}

/// The channels that fail or are delayed. Not stored: after a restart all channels work.
#[derive(Default)]
pub(crate) struct Channels(Mutex<HashMap<String, Behavior>>);

impl Channels {
    /// Makes the next message on the channel fail; calls add up.
    pub(crate) fn fail_next(&self, channel: &ConversationChannel, failure: Failure) {
        self.change(channel, |behavior| behavior.next.push_back(failure));
    }

    /// Makes every message on the channel fail from now on.
    pub(crate) fn fail_always(&self, channel: &ConversationChannel, failure: Failure) {
        self.change(channel, |behavior| behavior.always = Some(failure));
    }

    /// Delays each status of the channel by this time.
    pub(crate) fn delay(&self, channel: &ConversationChannel, by: Duration) {
        self.change(channel, |behavior| behavior.delay = by);
    }

    /// Returns the delay of the statuses for this address.
    pub(crate) fn delay_of(&self, address: Option<&ChannelIdentity>) -> Duration {
        let behaviors = self.behaviors();
        address
            .and_then(|address| behaviors.get(address.channel.as_str()))
            .map(|behavior| behavior.delay)
            .unwrap_or_default()
    }

    /// Makes all channels work again.
    pub(crate) fn restore_all(&self) {
        self.behaviors().clear();
    }

    /// Makes the channel accept messages and never report a result.
    pub(crate) fn silence(&self, channel: &ConversationChannel) {
        self.change(channel, |behavior| behavior.silent = true);
    }

    pub(crate) fn is_silent(&self, channel: &ConversationChannel) -> bool {
        self.behaviors()
            .get(channel.as_str())
            .is_some_and(|behavior| behavior.silent)
    }

    /// Makes the channel work again.
    pub(crate) fn restore(&self, channel: &ConversationChannel) {
        self.behaviors().remove(channel.as_str());
    }

    /// Returns the failure of the message that the channel gets now, if it fails, and counts it.
    pub(crate) fn take_failure(&self, channel: &ConversationChannel) -> Option<Failure> {
        let mut behaviors = self.behaviors();
        let behavior = behaviors.get_mut(channel.as_str())?;
        behavior
            .next
            .pop_front()
            .or_else(|| behavior.always.clone())
    }

    /// Returns the channels whose behavior a test has changed, by name.
    pub(crate) fn all(&self) -> Vec<ChannelBehavior> {
        let behaviors = self.behaviors();
        let changed = behaviors.iter().filter(|(_, behavior)| behavior.is_set());
        let mut all: Vec<ChannelBehavior> = changed
            .map(|(channel, behavior)| ChannelBehavior {
                channel: channel.clone(),
                fails: behavior.always.clone(),
                fails_next: behavior.next.len(),
                delay_ms: u64::try_from(behavior.delay.as_millis()).unwrap_or(u64::MAX),
                silent: behavior.silent,
            })
            .collect();
        all.sort_by(|one, other| one.channel.cmp(&other.channel));
        all
    }

    fn change(&self, channel: &ConversationChannel, change: impl FnOnce(&mut Behavior)) {
        let mut behaviors = self.behaviors();
        change(behaviors.entry(channel.as_str().to_owned()).or_default());
    }

    fn behaviors(&self) -> MutexGuard<'_, HashMap<String, Behavior>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns whether identities on the channel are phone numbers.
pub(crate) fn is_phone(channel: &ConversationChannel) -> bool {
    matches!(
        channel,
        ConversationChannel::Sms
            | ConversationChannel::Mms
            | ConversationChannel::Rcs
            | ConversationChannel::WhatsApp
            | ConversationChannel::ViberBusiness
            | ConversationChannel::KakaoTalk
    )
}

/// Returns whether the channel has no read reports.
pub(crate) fn hides_reading(channel: &ConversationChannel) -> bool {
    matches!(
        channel,
        ConversationChannel::Sms | ConversationChannel::Mms | ConversationChannel::Telegram
    )
}

/// Returns whether a person has a different identity for each app on the channel.
pub(crate) fn is_app_scoped(channel: &ConversationChannel) -> bool {
    matches!(
        channel,
        ConversationChannel::Messenger
            | ConversationChannel::Instagram
            | ConversationChannel::Line
            | ConversationChannel::WeChat
    )
}

/// Normalises an identity for storage: a phone number loses its plus, and the app is kept only where identities are per
/// app.
pub(crate) fn identity(
    channel: &ConversationChannel,
    identity: &str,
    app_id: &str,
) -> ChannelIdentity {
    let identity = match identity.strip_prefix('+') {
        Some(number) if is_phone(channel) => number,
        _ => identity,
    };
    let mut kept = ChannelIdentity::new(channel.clone(), identity);
    kept.app_id = Some(if is_app_scoped(channel) {
        app_id.to_owned()
    } else {
        String::new()
    });
    kept
}
