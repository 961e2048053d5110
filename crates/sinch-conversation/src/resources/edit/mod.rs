//! Changing stored resources without losing the rest of them.
//!
//! A PATCH replaces each field that its mask names, a list as a whole. So a change starts from what is stored
//! now, and sends the fields that came out different, whole, with everything in them that this crate does not model.

mod app;
mod contact;
mod conversation;
mod merge_patch;
mod settings;
mod webhook;

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use sinch_conversation_raw::wire::Wire;
use sinch_conversation_raw::{self as raw, OperationId};

pub use conversation::EditConversation;

use super::Stored;
use super::stored::Identified;
use crate::client::Client;
use crate::error::{Error, InvalidArgument, Problem, Violations};
use crate::transport::PendingCall;

/// A resource that can be read, changed and written back.
pub(super) trait Editable: Clone + Wire {
    /// The body of the PATCH.
    type Body: Wire;

    /// The operation that writes it back.
    const UPDATE: OperationId;

    /// Fields that only the server sets.
    const SERVER_SET: &'static [&'static str];

    /// Fields that the document requires in the body, changed or not.
    const REQUIRED: &'static [&'static str] = &[];

    /// Why a field cannot be taken away; `None` when it can.
    const UNCLEARABLE: Option<&'static str> = None;

    /// Adds what the API would refuse. Violations in unchanged fields are ignored.
    fn check(before: &Self, after: &Self, violations: &mut Violations);
}

/// A change as it is sent.
#[derive(Debug)]
pub(super) struct Patch<B> {
    /// The fields that are set or, when the body lacks them, cleared.
    fields: BTreeSet<String>,
    body: B,
}

impl<B> Patch<B> {
    fn mask(&self) -> String {
        let fields: Vec<&str> = self.fields.iter().map(String::as_str).collect();
        fields.join(",")
    }
}

/// Lets `change` work on a copy, and returns the difference; `None` when there is none.
fn patch<T: Editable>(
    before: &T,
    change: impl FnOnce(&mut T),
) -> Result<Option<Patch<T::Body>>, Error> {
    let mut after = before.clone();
    change(&mut after);
    let (old, new) = (members(before), members(&after));
    let fields: BTreeSet<String> = old
        .keys()
        .chain(new.keys())
        .filter(|name| old.get(*name) != new.get(*name))
        .cloned()
        .collect();
    if fields.is_empty() {
        return Ok(None);
    }
    let mut violations = Violations::default();
    T::check(before, &after, &mut violations);
    violations.keep(|field| fields.contains(field));
    for name in &fields {
        check_name::<T>(name, new.contains_key(name), &mut violations);
    }
    violations.finish()?;
    let sent = new
        .into_iter()
        .filter(|(name, _)| fields.contains(name) || T::REQUIRED.contains(&name.as_str()));
    let body = T::Body::from_value(Value::Object(sent.collect())).map_err(|error| {
        let expected = "of the form that the API takes in a change";
        InvalidArgument::one(error.path(), Problem::Malformed { expected })
    })?;
    Ok(Some(Patch { fields, body }))
}

/// Waits for a resource, lets `change` work on a copy, and sends the request that `request` makes of the project, the
/// id, what was there, and the difference.
pub(super) fn edit<'a, I, T>(
    client: &Client,
    before: PendingCall<'static, Stored<I, T>>,
    change: impl FnOnce(&mut T) + Send + 'a,
    request: impl FnOnce(&str, &str, &T, Patch<T::Body>) -> Result<raw::Request<T>, Error> + Send + 'a,
) -> PendingCall<'a, Stored<I, T>>
where
    I: AsRef<str> + TryFrom<String> + Send + Sync + 'static,
    T: Editable + Identified + Send + Sync + 'static,
{
    let client = client.clone();
    PendingCall::new(move |options| async move {
        let client = client.with_options(options.clone());
        let before = before.with_options(options).with_response().await?;
        let request = match patch(before.data(), change) {
            Ok(None) => return Ok(before),
            Ok(Some(patch)) => {
                let (project, id) = (client.project_id(), before.id().as_ref());
                request(project, id, before.data(), patch)
            }
            Err(error) => Err(error),
        };
        let call = client.try_start(T::UPDATE, request, Stored::read);
        call.with_response().await
    })
}

/// The request of an update that takes a mask and nothing else.
pub(super) fn masked<T, B>(
    update: fn(&str, &str, Option<&str>, &B) -> raw::Request<T>,
) -> impl FnOnce(&str, &str, &T, Patch<B>) -> Result<raw::Request<T>, Error> + Send {
    move |project, id, _, patch| Ok(update(project, id, Some(&patch.mask()), &patch.body))
}

/// The top-level fields. One that is `null` holds nothing, like one that is missing.
pub(super) fn members(resource: &impl Wire) -> Map<String, Value> {
    match serde_json::from_slice(&resource.to_json()) {
        Ok(Value::Object(members)) => members
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .collect(),
        _ => Map::new(),
    }
}

fn check_name<T: Editable>(name: &str, present: bool, violations: &mut Violations) {
    if T::SERVER_SET.contains(&name) {
        violations.add(name, Problem::ServerSet);
    }
    // In a mask both have a meaning of their own.
    if name.contains([',', '.']) {
        let expected = "a name without commas and dots";
        violations.add(name, Problem::Malformed { expected });
    }
    if let Some(remedy) = T::UNCLEARABLE.filter(|_| !present) {
        violations.add(name, Problem::Missing { remedy });
    }
}
