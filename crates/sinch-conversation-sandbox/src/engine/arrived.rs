//! What people do with messages that have reached them.

use sinch_conversation_raw::types::{ChannelIdentity, DeliveryStatus};

use super::scope::Scope;
use super::{patience, receipts};
use crate::model::message::SentMessage;
use crate::sandbox::error::ControlError;
use crate::store::sends;

/// The recipient has read the message.
pub(crate) fn read(
    scope: &Scope<'_>,
    message_id: &str,
    reader: &ChannelIdentity,
) -> Result<(), ControlError> {
    let mut sent = received_by(scope, message_id, reader)?;
    if sent.status() != Some(&DeliveryStatus::Delivered) {
        return Err(not_delivered(&sent));
    }
    if !patience::reports_reading(&sent) {
        return Err(ControlError::NoReadReports {
            channel: reader.channel.as_str().to_owned(),
        });
    }
    receipts::report(scope, &mut sent, DeliveryStatus::Read, None)?;
    Ok(sends::put(scope.tx, &sent)?)
}

/// A message that this person has got, and perhaps read.
pub(crate) fn received_by(
    scope: &Scope<'_>,
    message_id: &str,
    person: &ChannelIdentity,
) -> Result<SentMessage, ControlError> {
    let sent = sends::get(scope.tx, message_id)?;
    let sent = sent
        .filter(|sent| sent.channel_identity() == Some(person))
        .ok_or_else(|| ControlError::UnknownMessage {
            message_id: message_id.to_owned(),
        })?;
    match sent.status() {
        Some(DeliveryStatus::Delivered | DeliveryStatus::Read) => Ok(sent),
        _ => Err(not_delivered(&sent)),
    }
}

fn not_delivered(sent: &SentMessage) -> ControlError {
    let status = sent.status().map_or("QUEUED", |status| status.as_str());
    ControlError::NotDelivered {
        message_id: sent.id.clone(),
        status: status.to_owned(),
    }
}
