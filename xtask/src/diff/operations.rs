//! Compares two operations: route, parameters, body and responses.

use serde_json::Value;

use super::{
    ChangePlace, Changes,
    change_kind::ChangeKind,
    prose,
    role::Role,
    schemas::{self, Same, arrow, deprecation, requiredness},
};
use crate::model::{Body, Model, Operation, Parameter};

/// Compares the operations of a document by id, or else by method and path.
pub(super) fn compare(old: &Model, new: &Model, same: Same<'_>, out: &mut Changes) {
    let renamed = |operation: &Operation, others: &Model| {
        let route = route(operation);
        let by_route = others.operations.iter().find(|it| self::route(it) == route);
        by_route.map(|it| it.id.clone())
    };
    for was in &old.operations {
        let place = ChangePlace::operation(was);
        match new.operations.iter().find(|is| is.id == was.id) {
            Some(is) => operation(was, is, same, out),
            None => match renamed(was, new) {
                Some(id) => out.add(&place, ChangeKind::OperationRenamed, arrow(&was.id, &id)),
                None => out.add(&place, ChangeKind::OperationRemoved, route(was)),
            },
        }
    }
    for is in &new.operations {
        let is_known = old.operations.iter().any(|was| was.id == is.id);
        if !is_known && renamed(is, old).is_none() {
            out.add(
                &ChangePlace::operation(is),
                ChangeKind::OperationAdded,
                route(is),
            );
        }
    }
}

fn route(operation: &Operation) -> String {
    format!("{} {}", operation.method, operation.path)
}

fn operation(old: &Operation, new: &Operation, same: Same<'_>, out: &mut Changes) {
    let place = ChangePlace::operation(new);
    if route(old) != route(new) {
        out.add(
            &place,
            ChangeKind::OperationMoved,
            arrow(&route(old), &route(new)),
        );
    }
    parameters(old, new, &place, same, out);
    bodies(old.body.as_ref(), new.body.as_ref(), &place, same, out);
    match (&old.answer, &new.answer) {
        (Some(was), Some(is)) => schemas::compare(was, is, &place.inside(" response"), same, out),
        (None, None) => {}
        (was, is) => {
            let words = [was, is].map(|it| it.as_ref().map(|it| it.describe()));
            let [was, is] = words.map(|it| it.unwrap_or_else(|| "no body".to_owned()));
            out.add(&place, ChangeKind::AnswerChanged, arrow(&was, &is));
        }
    }
    statuses(old, new, &place, out);
    for (kind, was, is) in [
        (ChangeKind::SecurityChanged, &old.security, &new.security),
        (ChangeKind::CallbacksChanged, &old.callbacks, &new.callbacks),
    ] {
        let bare = |value: &Option<Value>| value.as_ref().map(|it| prose::strip(it, Role::Names));
        if bare(was) != bare(is) {
            out.add(&place, kind, String::new());
        }
    }
    deprecation(old.is_deprecated, new.is_deprecated, &place, out);
}

fn parameters(
    old: &Operation,
    new: &Operation,
    place: &ChangePlace,
    same: Same<'_>,
    out: &mut Changes,
) {
    let find = |list: &[Parameter], like: &Parameter| {
        let is_same = |it: &Parameter| it.name == like.name && it.place == like.place;
        list.iter().position(is_same)
    };
    let words = |it: &Parameter| {
        let required = if it.is_required {
            "required"
        } else {
            "optional"
        };
        format!("{} {} ({required})", it.place, it.name)
    };
    for was in &old.parameters {
        let is = find(&new.parameters, was).and_then(|position| new.parameters.get(position));
        let Some(is) = is else {
            out.add(place, ChangeKind::ParameterRemoved, words(was));
            continue;
        };
        let place = place.inside(&format!(" {} {}", is.place, is.name));
        requiredness(was.is_required, is.is_required, &place, out);
        deprecation(was.is_deprecated, is.is_deprecated, &place, out);
        schemas::compare(&was.schema, &is.schema, &place, same, out);
    }
    for is in &new.parameters {
        if find(&old.parameters, is).is_none() {
            out.add(place, ChangeKind::ParameterAdded, words(is));
        }
    }
    let (was, is) = (in_path(old, new), in_path(new, old));
    if was != is {
        let detail = arrow(&was.join(", "), &is.join(", "));
        out.add(place, ChangeKind::ParametersReordered, detail);
    }
}

/// Returns the parameters that both paths have, in order.
fn in_path<'a>(operation: &'a Operation, other: &Operation) -> Vec<&'a str> {
    let parts = operation.path.split('{').skip(1);
    parts
        .filter_map(|part| Some(part.split_once('}')?.0))
        .filter(|name| other.path.contains(&format!("{{{name}}}")))
        .collect()
}

fn bodies(
    old: Option<&Body>,
    new: Option<&Body>,
    place: &ChangePlace,
    same: Same<'_>,
    out: &mut Changes,
) {
    match (old, new) {
        (None, None) => {}
        (Some(_), None) => out.add(place, ChangeKind::BodyRemoved, String::new()),
        (None, Some(_)) => out.add(place, ChangeKind::BodyAdded, String::new()),
        (Some(was), Some(is)) => {
            let place = place.inside(" request body");
            requiredness(was.is_required, is.is_required, &place, out);
            let fields = was.required.iter().chain(&is.required);
            let changed = fields.filter(|it| was.required.contains(it) != is.required.contains(it));
            for field in changed {
                let place = place.inside(&format!(".{field}"));
                requiredness(
                    was.required.contains(field),
                    is.required.contains(field),
                    &place,
                    out,
                );
            }
            schemas::compare(&was.schema, &is.schema, &place, same, out);
        }
    }
}

fn statuses(old: &Operation, new: &Operation, place: &ChangePlace, out: &mut Changes) {
    for (status, was) in &old.statuses {
        match new.statuses.get(status) {
            Some(is) if is == was => {}
            Some(is) => {
                let detail = format!("{status} {}", arrow(was, is));
                out.add(place, ChangeKind::StatusChanged, detail);
            }
            None => out.add(
                place,
                ChangeKind::StatusChanged,
                format!("{status} removed"),
            ),
        }
    }
    for status in new.statuses.keys() {
        if !old.statuses.contains_key(status) {
            out.add(place, ChangeKind::StatusChanged, format!("{status} added"));
        }
    }
}
