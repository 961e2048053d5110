//! Addresses that cannot be right, whatever the account.

use super::Channel;
use crate::error::Violations;

/// The most digits of a telephone number (E.164).
const DIGITS: usize = 15;

const NUMBER: &str =
    "a telephone number with its country code and without a leading zero, such as +46700000001";

/// Refuses an address that is empty, or no telephone number on SMS. Names of senders may be words; those that a message
/// goes to may not. The numbers of other channels are left to the API: some channels also take other addresses.
pub(crate) fn check_address(
    channel: &Channel,
    address: &str,
    field: impl FnOnce() -> String,
    violations: &mut Violations,
) {
    if address.is_empty() {
        violations.missing(field(), "give the address on the channel");
    } else if *channel == Channel::Sms && !is_number(address) {
        violations.malformed(field(), NUMBER);
    }
}

/// Whether the text has the form of E.164, with or without the plus.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    digits.len() <= DIGITS
        && digits.starts_with(|first: char| matches!(first, '1'..='9'))
        && digits.bytes().all(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_refused(channel: &Channel, address: &str) -> bool {
        let mut violations = Violations::default();
        check_address(channel, address, || "identity".to_owned(), &mut violations);
        violations.finish().is_err()
    }

    #[test]
    fn an_sms_goes_to_a_number_with_its_country_code() {
        for number in [
            "+46700000001",
            "46700000001",
            "12015555555",
            "123456789012345",
        ] {
            assert!(!is_refused(&Channel::Sms, number), "{number}");
        }
        for other in [
            "",
            "+",
            "abc",
            "0700000001",
            "+0700000001",
            "0046700000001",
            "++46700000001",
            "+46 70 000 00 01",
            "46-700000001",
            "+1234567890123456",
            "46700000001x",
            "٤٦٧٠٠٠٠٠٠٠١",
        ] {
            assert!(is_refused(&Channel::Sms, other), "{other}");
        }
    }

    #[test]
    fn other_channels_have_addresses_of_their_own() {
        for channel in [Channel::WhatsApp, Channel::Messenger, Channel::Mms] {
            assert!(!is_refused(&channel, "a name"), "{channel}");
            assert!(is_refused(&channel, ""), "{channel}");
        }
    }
}
