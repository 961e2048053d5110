//! The signature of a callback.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The value of the header that names the algorithm.
pub(crate) const ALGORITHM: &str = "HmacSHA256";

/// Returns the base64 of the HMAC-SHA256 over `body.nonce.timestamp`, with the secret as key.
pub(crate) fn sign(secret: &str, body: &str, nonce: &str, timestamp: i64) -> String {
    // HMAC takes keys of any length, so this never fails.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(body.as_bytes());
    mac.update(format!(".{nonce}.{timestamp}").as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "foo_secret1234";
    const NONCE: &str = "01FJA8B4A7BM43YGWSG9GBV067";
    const TIMESTAMP: i64 = 1_634_579_353;

    // Payloads and signatures from the tests of the official SDKs.
    const CONTACT: &str = r#"{"app_id":"","accepted_time":"2021-10-18T17:49:13.813615Z","project_id":"e2df3a34-a71b-4448-9db5-a8d2baad28e4","contact_create_notification":{"contact":{"id":"01FJA8B466Y0R2GNXD78MD9SM1","channel_identities":[{"channel":"SMS","identity":"48123456789","app_id":""}],"display_name":"New Test Contact","email":"new.contact@email.com","external_id":"","metadata":"","language":"EN_US"}},"message_metadata":""}"#;
    const RECEIPT: &str = r#"{"app_id":"01EB37HMH1M6SV18BSNS3G135H","accepted_time":"2020-11-17T15:09:11.659Z","project_id":"c36f3d3d-1513-2edd-ae42-11995557ff61","message_delivery_report":{"message_id":"01EQBC1A3BEK731GY4YXEN0C2R","conversation_id":"01EPYATA64TMNZ1FV02JKF12JF","status":"QUEUED_ON_CHANNEL","contact_id":"01EXA07N79THJ20WSN6AS30TMW"}}"#;

    #[test]
    fn agrees_with_published_vectors() {
        assert_eq!(
            sign(SECRET, CONTACT, NONCE, TIMESTAMP),
            "6bpJoRmFoXVjfJIVglMoJzYXxnoxRujzR4k2GOXewOE="
        );
        assert_eq!(
            sign(SECRET, RECEIPT, NONCE, TIMESTAMP),
            "Yc+3R1pIS78xLASybulhs8BsSo9BPB3Pr92QCUoczfk="
        );
    }

    #[test]
    fn white_space_at_the_end_counts() {
        let plain = sign(SECRET, CONTACT, NONCE, TIMESTAMP);
        assert_ne!(
            sign(SECRET, &format!("{CONTACT}\n"), NONCE, TIMESTAMP),
            plain
        );
        assert_ne!(
            sign(SECRET, &format!("{CONTACT}\r\n"), NONCE, TIMESTAMP),
            plain
        );
    }
}
