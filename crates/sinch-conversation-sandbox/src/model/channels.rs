//! The channels behind the API, which take every message unless a test says otherwise.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sinch_conversation_raw::types::{ChannelIdentity, ConversationChannel, ReasonCode};

/// How a channel fails: with which reason, and at which point.
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
    /// The channel does not take the message, for this reason.
    pub fn new(code: impl Into<ReasonCode>) -> Self {
        Self {
            code: code.into(),
            description: String::new(),
            after_queueing: false,
            temporary: false,
        }
    }

    /// The words in `reason.description`.
    #[must_use]
    pub fn describe(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// The channel takes the message, QUEUED_ON_CHANNEL is reported, and then it fails.
    #[must_use]
    pub fn after_queueing(mut self) -> Self {
        self.after_queueing = true;
        self
    }

    /// The channel is asked again, for as long as the app's `message_retry_settings` say, before the message moves
    /// to the next one. The pauses are 5, 10, 20, ... seconds by the sandbox's clock.
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

/// A channel that does not work as usual.
#[derive(Serialize)]
pub(crate) struct ChannelBehavior {
    channel: String,
    /// How messages fail until the channel is restored.
    fails: Option<Failure>,
    /// How many of the next messages fail.
    fails_next: usize,
    delay_ms: u64,
    silent: bool,
}

/// Which channels fail or are late. Not stored: a sandbox starts with channels that work.
#[derive(Default)]
pub(crate) struct Channels(Mutex<HashMap<String, Behavior>>);

impl Channels {
    /// The next message on the channel fails; called again, the one after it, too.
    pub(crate) fn fail_next(&self, channel: &ConversationChannel, failure: Failure) {
        self.change(channel, |behavior| behavior.next.push_back(failure));
    }

    /// Every message on the channel fails from now on.
    pub(crate) fn fail_always(&self, channel: &ConversationChannel, failure: Failure) {
        self.change(channel, |behavior| behavior.always = Some(failure));
    }

    /// Each status of the channel comes that much later.
    pub(crate) fn delay(&self, channel: &ConversationChannel, by: Duration) {
        self.change(channel, |behavior| behavior.delay = by);
    }

    /// How much later the statuses of this address come.
    pub(crate) fn delay_of(&self, address: Option<&ChannelIdentity>) -> Duration {
        let behaviors = self.behaviors();
        address
            .and_then(|address| behaviors.get(address.channel.as_str()))
            .map(|behavior| behavior.delay)
            .unwrap_or_default()
    }

    /// All channels work again.
    pub(crate) fn restore_all(&self) {
        self.behaviors().clear();
    }

    /// The channel takes messages and never says what became of them.
    pub(crate) fn silence(&self, channel: &ConversationChannel) {
        self.change(channel, |behavior| behavior.silent = true);
    }

    pub(crate) fn is_silent(&self, channel: &ConversationChannel) -> bool {
        self.behaviors()
            .get(channel.as_str())
            .is_some_and(|behavior| behavior.silent)
    }

    /// The channel works again.
    pub(crate) fn restore(&self, channel: &ConversationChannel) {
        self.behaviors().remove(channel.as_str());
    }

    /// How the message that the channel gets now fails, if it does.
    pub(crate) fn take_failure(&self, channel: &ConversationChannel) -> Option<Failure> {
        let mut behaviors = self.behaviors();
        let behavior = behaviors.get_mut(channel.as_str())?;
        behavior
            .next
            .pop_front()
            .or_else(|| behavior.always.clone())
    }

    /// The channels that do not work as usual, by name.
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

/// Channels whose identities are phone numbers.
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

/// Channels that never tell that a message was read.
pub(crate) fn hides_reading(channel: &ConversationChannel) -> bool {
    matches!(
        channel,
        ConversationChannel::Sms | ConversationChannel::Mms | ConversationChannel::Telegram
    )
}

/// Channels where a person has another identity with every app.
pub(crate) fn is_app_scoped(channel: &ConversationChannel) -> bool {
    matches!(
        channel,
        ConversationChannel::Messenger
            | ConversationChannel::Instagram
            | ConversationChannel::Line
            | ConversationChannel::WeChat
    )
}

/// An identity as it is kept: a phone number without its plus, the app only where identities are per app.
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
