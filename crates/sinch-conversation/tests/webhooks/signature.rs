//! The signature check of callbacks, against known answers and against every way to get it wrong.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, HeaderValue};
use sinch_conversation::error::ErrorKind;
use sinch_conversation::webhook::{Verifier, VerifyError};

const SIGNATURE: &str = "x-sinch-webhook-signature";
const NONCE: &str = "x-sinch-webhook-signature-nonce";
const TIMESTAMP: &str = "x-sinch-webhook-signature-timestamp";
const ALGORITHM: &str = "x-sinch-webhook-signature-algorithm";

/// Known answers: the first two bodies and their signatures are the ones that several SDKs for this API agree on.
struct Known {
    secret: &'static str,
    nonce: &'static str,
    timestamp: u64,
    body: &'static str,
    signature: &'static str,
}

const CONTACT_CREATED: Known = Known {
    secret: "foo_secret1234",
    nonce: "01FJA8B4A7BM43YGWSG9GBV067",
    timestamp: 1_634_579_353,
    body: concat!(
        r#"{"app_id":"","accepted_time":"2021-10-18T17:49:13.813615Z","#,
        r#""project_id":"e2df3a34-a71b-4448-9db5-a8d2baad28e4","contact_create_notification":{"contact":{"#,
        r#""id":"01FJA8B466Y0R2GNXD78MD9SM1","channel_identities":[{"channel":"SMS","identity":"48123456789","#,
        r#""app_id":""}],"display_name":"New Test Contact","email":"new.contact@email.com","external_id":"","#,
        r#""metadata":"","language":"EN_US"}},"message_metadata":""}"#,
    ),
    signature: "6bpJoRmFoXVjfJIVglMoJzYXxnoxRujzR4k2GOXewOE=",
};

const QUEUED: Known = Known {
    secret: "foo_secret1234",
    nonce: "01FJA8B4A7BM43YGWSG9GBV067",
    timestamp: 1_634_579_353,
    body: concat!(
        r#"{"app_id":"01EB37HMH1M6SV18BSNS3G135H","accepted_time":"2020-11-17T15:09:11.659Z","#,
        r#""project_id":"c36f3d3d-1513-2edd-ae42-11995557ff61","message_delivery_report":{"#,
        r#""message_id":"01EQBC1A3BEK731GY4YXEN0C2R","conversation_id":"01EPYATA64TMNZ1FV02JKF12JF","#,
        r#""status":"QUEUED_ON_CHANNEL","contact_id":"01EXA07N79THJ20WSN6AS30TMW"}}"#,
    ),
    signature: "Yc+3R1pIS78xLASybulhs8BsSo9BPB3Pr92QCUoczfk=",
};

/// Indented, ending with a line feed, and with a secret beyond ASCII. Its signature comes from another
/// implementation of HMAC.
const INDENTED: Known = Known {
    secret: "geheim ü 秘密",
    nonce: "01HZX3J6Q0V9T8W7R5K4M2N1P2",
    timestamp: 1_717_684_962,
    body: "{\n  \"app_id\": \"01HZX3J6Q0V9T8W7R5K4M2N1P0\",\n  \
        \"project_id\": \"9c1f2f2e-6c1b-4a55-9a0b-4e1d6f0f5f10\",\n  \"event\": {\n    \
        \"id\": \"01HZX3J6Q0V9T8W7R5K4M2N1P1\",\n    \"direction\": \"TO_APP\",\n    \
        \"contact_event\": {\n      \"composing_event\": {}\n    }\n  }\n}\n",
    signature: "RKHbJLQix4FjxYFKlPP8K4I5jrFLDQmuAn87pom+3pY=",
};

impl Known {
    fn headers(&self) -> HeaderMap {
        let timestamp = self.timestamp.to_string();
        [
            (SIGNATURE, self.signature),
            (NONCE, self.nonce),
            (TIMESTAMP, &timestamp),
            (ALGORITHM, "HmacSHA256"),
        ]
        .into_iter()
        .map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_str(value).unwrap(),
            )
        })
        .collect()
    }

    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.timestamp)
    }

    fn verifier(&self) -> Verifier {
        Verifier::new([self.secret]).unwrap()
    }

    fn verify(&self, headers: &HeaderMap, body: &str) -> Result<(), VerifyError> {
        self.verifier()
            .verify_at(headers, body.as_bytes(), self.now())
            .map(|_| ())
    }
}

#[test]
fn known_answers_are_accepted() {
    for known in [CONTACT_CREATED, QUEUED, INDENTED] {
        let signed = known
            .verifier()
            .verify_at(&known.headers(), known.body.as_bytes(), known.now())
            .unwrap();
        assert_eq!(
            (signed.nonce.as_str(), signed.timestamp),
            (known.nonce, known.timestamp)
        );
    }
}

#[test]
fn every_byte_of_the_body_counts() {
    let known = INDENTED;
    let changed = [
        known.body.trim_end().to_owned(),
        known.body.replace('\n', "\r\n"),
        known.body.replace("  ", ""),
        format!("{} ", known.body),
        String::new(),
    ];
    for body in changed {
        assert_eq!(
            known.verify(&known.headers(), &body),
            Err(VerifyError::Mismatch),
            "{body:?}"
        );
    }
}

#[test]
fn a_changed_header_is_a_mismatch() {
    let known = CONTACT_CREATED;
    // The second signature was made with nonce and timestamp in the other order.
    let changes = [
        (SIGNATURE, "6bpJoRmFoXVjfJIVglMoJzYXxnoxRujzR4k2GOXewOA="),
        (SIGNATURE, "9ePMMDod0/sHgIcsaMSFfTm2lryOZHWY31aysnJ0FU0="),
        (SIGNATURE, "6bpJoRmFoXVjfJIVglMoJzYXxnoxRujzR4k2GOXewOE"),
        (SIGNATURE, "6bpJoRmFoXU="),
        (SIGNATURE, "not base64"),
        (SIGNATURE, ""),
        (NONCE, "01FJA8B4A7BM43YGWSG9GBV068"),
        (NONCE, ""),
        (TIMESTAMP, "1634579354"),
    ];
    for (name, value) in changes {
        let mut headers = known.headers();
        headers.insert(name, HeaderValue::from_static(value));
        assert_eq!(
            known.verify(&headers, known.body),
            Err(VerifyError::Mismatch),
            "{name}: {value}"
        );
    }
}

#[test]
fn another_secret_is_a_mismatch() {
    let known = CONTACT_CREATED;
    let other = Verifier::new(["foo_secret123"]).unwrap();
    let result = other.verify_at(&known.headers(), known.body.as_bytes(), known.now());
    assert_eq!(result, Err(VerifyError::Mismatch));
}

#[test]
fn a_missing_header_is_named() {
    let known = CONTACT_CREATED;
    for name in [SIGNATURE, NONCE, TIMESTAMP, ALGORITHM] {
        let mut headers = known.headers();
        headers.remove(name);
        let expected = VerifyError::MissingHeader(HeaderName::from_static(name));
        assert_eq!(known.verify(&headers, known.body), Err(expected));
    }
}

#[test]
fn a_repeated_or_unreadable_header_is_named() {
    let known = CONTACT_CREATED;
    let expected = || {
        Err(VerifyError::AmbiguousHeader(HeaderName::from_static(
            SIGNATURE,
        )))
    };
    let mut headers = known.headers();
    headers.append(SIGNATURE, HeaderValue::from_static(known.signature));
    assert_eq!(known.verify(&headers, known.body), expected());
    headers.insert(SIGNATURE, HeaderValue::from_bytes(b"\xff\xfe").unwrap());
    assert_eq!(known.verify(&headers, known.body), expected());
}

#[test]
fn only_one_algorithm_is_known() {
    let known = CONTACT_CREATED;
    for algorithm in ["HmacSHA1", "none", "", "hmacsha256"] {
        let mut headers = known.headers();
        headers.insert(ALGORITHM, HeaderValue::from_static(algorithm));
        assert_eq!(
            known.verify(&headers, known.body),
            Err(VerifyError::UnknownAlgorithm),
            "{algorithm}"
        );
    }
}

#[test]
fn header_names_are_read_in_any_case() {
    let known = QUEUED;
    let mut headers = HeaderMap::new();
    for (name, value) in &known.headers() {
        let name = HeaderName::from_bytes(name.as_str().to_uppercase().as_bytes()).unwrap();
        headers.insert(name, value.clone());
    }
    assert_eq!(known.verify(&headers, known.body), Ok(()));
}

#[test]
fn the_window_reaches_both_ways_and_can_be_set() {
    let known = QUEUED;
    let check = |verifier: &Verifier, now| {
        verifier
            .verify_at(&known.headers(), known.body.as_bytes(), now)
            .map(|_| ())
    };
    let (default, narrow) = (
        known.verifier(),
        known.verifier().window(Duration::from_secs(10)),
    );
    let (before, after) = (
        |s| known.now() - Duration::from_secs(s),
        |s| known.now() + Duration::from_secs(s),
    );

    assert_eq!(check(&default, before(300)), Ok(()));
    assert_eq!(check(&default, after(300)), Ok(()));
    assert_eq!(check(&narrow, after(10)), Ok(()));
    for (verifier, now, distance, allowed) in [
        (&default, before(301), 301, 300),
        (&default, after(301), 301, 300),
        (&narrow, after(11), 11, 10),
    ] {
        match check(verifier, now) {
            Err(VerifyError::OutsideWindow { apart, window, .. }) => {
                assert_eq!((apart, window), (distance, allowed))
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_timestamp_that_is_no_number_is_named() {
    let known = CONTACT_CREATED;
    for timestamp in [
        "+1634579353",
        "1634579353.0",
        "99999999999999999999",
        "soon",
        "",
    ] {
        let mut headers = known.headers();
        headers.insert(TIMESTAMP, HeaderValue::from_static(timestamp));
        assert_eq!(
            known.verify(&headers, known.body),
            Err(VerifyError::BadTimestamp),
            "{timestamp}"
        );
    }
}

#[test]
fn headers_alone_are_looked_at_for_all_but_the_body() {
    let verifier = CONTACT_CREATED.verifier();
    let headers = verifier.sign_for_test(b"{}");
    assert_eq!(verifier.verify_headers(&headers), Ok(()));
    // Whether the signature is right cannot be told without the body.
    let forged = Verifier::new(["other"]).unwrap().sign_for_test(b"{}");
    assert_eq!(verifier.verify_headers(&forged), Ok(()));

    let old = verifier.verify_headers(&CONTACT_CREATED.headers());
    assert!(matches!(old, Err(VerifyError::OutsideWindow { .. })));
    for name in [SIGNATURE, NONCE, TIMESTAMP, ALGORITHM] {
        let mut headers = headers.clone();
        headers.remove(name);
        let expected = VerifyError::MissingHeader(HeaderName::from_static(name));
        assert_eq!(verifier.verify_headers(&headers), Err(expected));
    }
}

#[test]
fn a_new_secret_is_accepted_beside_the_old_one() {
    let body = b"{}";
    let (old, new) = (
        Verifier::new(["old"]).unwrap(),
        Verifier::new(["new"]).unwrap(),
    );
    let both = Verifier::new(["new", "old"]).unwrap();
    assert!(both.verify(&old.sign_for_test(body), body).is_ok());
    assert!(both.verify(&new.sign_for_test(body), body).is_ok());
    assert_eq!(
        new.verify(&old.sign_for_test(body), body),
        Err(VerifyError::Mismatch)
    );
}

#[test]
fn signing_for_a_test_gives_what_the_api_gives() {
    for known in [CONTACT_CREATED, QUEUED, INDENTED] {
        let headers =
            known
                .verifier()
                .sign_for_test_at(known.body.as_bytes(), known.nonce, known.now());
        assert_eq!(headers, known.headers());
    }
}

#[test]
fn each_test_signature_has_a_nonce_of_its_own() {
    let verifier = CONTACT_CREATED.verifier();
    assert_ne!(
        verifier.sign_for_test(b"{}")[NONCE],
        verifier.sign_for_test(b"{}")[NONCE]
    );
}

#[test]
fn a_verifier_without_a_secret_cannot_be_made() {
    for secrets in [vec![], vec![""], vec!["good", ""]] {
        let error = Verifier::new(&secrets).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::InvalidArgument(_)),
            "{secrets:?}"
        );
    }
}

#[test]
fn debug_hides_the_secrets() {
    let text = format!("{:?}", Verifier::new(["hush-hush", "psst"]).unwrap());
    assert!(
        text.contains("2 hidden") && !text.contains("hush") && !text.contains("psst"),
        "{text}"
    );
}

#[test]
fn headers_of_any_framework_are_pairs() {
    let known = &CONTACT_CREATED;
    let verifier = Verifier::new([known.secret]).unwrap();
    let pairs: Vec<(String, Vec<u8>)> = known
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().to_uppercase(), value.as_bytes().to_vec()))
        .chain([("X-Other".to_owned(), b"\xff".to_vec())])
        .collect();
    let verify = |pairs: Vec<(String, Vec<u8>)>| {
        verifier.verify_at(pairs, known.body.as_bytes(), known.now())
    };
    assert!(verify(pairs.clone()).is_ok());
    let twice = [pairs.clone(), pairs.clone()].concat();
    assert!(matches!(verify(twice), Err(VerifyError::AmbiguousHeader(name)) if name == SIGNATURE));
    for index in 0..4 {
        let mut fewer = pairs.clone();
        fewer.remove(index);
        assert!(matches!(verify(fewer), Err(VerifyError::MissingHeader(_))));
    }
}
