//! Two operations: route, parameters, body and responses.

use super::Comparison;
use super::kind::Kind;
use super::model::{Body, Content, Operation, Parameter, Response};
use super::place::Place;
use super::schemas::{arrow, deprecation};

impl<'a> Comparison<'a> {
    /// Compares the operations by id, and what holds for all of them.
    pub(super) fn operations(&mut self) {
        let (old, new) = (self.old, self.new);
        self.whole_document();
        for was in &old.operations {
            match new.operations.iter().find(|is| is.id == was.id) {
                Some(is) => self.operation(was, is),
                None => self.record(
                    &Place::operation(&was.id),
                    Kind::OperationRemoved,
                    was.route.clone(),
                ),
            }
        }
        for is in &new.operations {
            if !old.operations.iter().any(|was| was.id == is.id) {
                let place = Place::operation(&is.id);
                self.record(&place, Kind::OperationAdded, is.route.clone());
            }
        }
    }

    fn whole_document(&mut self) {
        let (old, new) = (self.old, self.new);
        let place = Place::operation("every operation");
        for (kind, differs) in [
            (Kind::ServersChanged, old.servers != new.servers),
            (Kind::SecurityChanged, old.security != new.security),
            (Kind::CallbacksChanged, old.webhooks != new.webhooks),
        ] {
            if differs {
                self.record(&place, kind, String::new());
            }
        }
    }

    fn operation(&mut self, old: &'a Operation, new: &'a Operation) {
        let place = Place::operation(&new.id);
        if old.route != new.route {
            let detail = arrow(&old.route, &new.route);
            self.record(&place, Kind::OperationMoved, detail);
        }
        self.parameters(old, new, &place);
        self.bodies(old.body.as_ref(), new.body.as_ref(), &place);
        self.successes(&old.success, &new.success, &place);
        self.errors(&old.errors, &new.errors, &place);
        if old.security != new.security {
            self.record(&place, Kind::SecurityChanged, String::new());
        }
        if old.callbacks != new.callbacks {
            self.record(&place, Kind::CallbacksChanged, String::new());
        }
        let deprecation = deprecation(old.deprecated, new.deprecated);
        self.record_some(&place, Kind::DeprecationChanged, deprecation);
    }

    fn parameters(&mut self, old: &'a Operation, new: &'a Operation, place: &Place) {
        for was in &old.parameters {
            match find(&new.parameters, was) {
                Some(is) => self.parameter(was, is, place),
                None => self.record(place, Kind::ParameterRemoved, in_words(was)),
            }
        }
        for is in &new.parameters {
            if find(&old.parameters, is).is_none() {
                self.record(place, Kind::ParameterAdded, in_words(is));
            }
        }
        let kept = |names: &[String], others: &[String]| -> Vec<String> {
            names
                .iter()
                .filter(|name| others.contains(name))
                .cloned()
                .collect()
        };
        let was = kept(&old.path_order, &new.path_order);
        let is = kept(&new.path_order, &old.path_order);
        if was != is {
            let detail = arrow(&was.join(", "), &is.join(", "));
            self.record(place, Kind::ParametersReordered, detail);
        }
    }

    fn parameter(&mut self, old: &'a Parameter, new: &'a Parameter, place: &Place) {
        let place = Place::operation(format!("{} {} {}", place.location, new.place, new.name));
        self.requiredness(old.required, new.required, &place);
        if old.style != new.style {
            let detail = arrow(&old.style, &new.style);
            self.record(&place, Kind::ParameterStyleChanged, detail);
        }
        let deprecation = deprecation(old.deprecated, new.deprecated);
        self.record_some(&place, Kind::DeprecationChanged, deprecation);
        let place = place.optional(!new.required);
        self.schemas(&[&old.schema], &[&new.schema], &place);
    }

    fn bodies(&mut self, old: Option<&'a Body>, new: Option<&'a Body>, place: &Place) {
        match (old, new) {
            (None, None) => {}
            (Some(_), None) => self.record(place, Kind::BodyRemoved, String::new()),
            (None, Some(_)) => self.record(place, Kind::BodyAdded, String::new()),
            (Some(was), Some(is)) => {
                let place = Place::operation(format!("{} request body", place.location));
                self.requiredness(was.required, is.required, &place);
                self.contents(
                    &was.content,
                    &is.content,
                    &place,
                    Kind::BodyMediaTypeChanged,
                );
            }
        }
    }

    fn requiredness(&mut self, was: bool, is: bool, place: &Place) {
        if was != is {
            let word = |required| if required { "required" } else { "optional" };
            self.record(place, Kind::RequirednessChanged, arrow(word(was), word(is)));
        }
    }

    fn successes(&mut self, old: &'a [Response], new: &'a [Response], place: &Place) {
        let of_response = Place::operation(format!("{} response", place.location));
        if let ([was], [is]) = (old, new) {
            if was.status != is.status {
                let detail = arrow(&was.status, &is.status);
                self.record(place, Kind::SuccessStatusChanged, detail);
            }
            return self.contents(
                &was.content,
                &is.content,
                &of_response,
                Kind::SuccessChanged,
            );
        }
        for was in old {
            match new.iter().find(|is| is.status == was.status) {
                Some(is) => self.contents(
                    &was.content,
                    &is.content,
                    &of_response,
                    Kind::SuccessChanged,
                ),
                None => {
                    self.record(
                        place,
                        Kind::SuccessChanged,
                        format!("{} removed", was.status),
                    );
                }
            }
        }
        for is in only_in(new, old) {
            self.record(place, Kind::SuccessChanged, format!("{} added", is.status));
        }
    }

    /// All errors of an operation are one Rust type, so that each is one line and none breaks a caller.
    fn errors(&mut self, old: &'a [Response], new: &'a [Response], place: &Place) {
        let outcome = |status: &str, what: &str, this: &mut Self| {
            this.record(place, Kind::ErrorChanged, format!("{status} {what}"));
        };
        for was in old {
            match new.iter().find(|is| is.status == was.status) {
                None => outcome(&was.status, "removed", self),
                Some(is) => {
                    let before = self.changes.len();
                    self.contents(&was.content, &is.content, place, Kind::ErrorChanged);
                    if self.changes.len() > before {
                        self.changes.truncate(before);
                        outcome(&was.status, "has another body", self);
                    }
                }
            }
        }
        for is in only_in(new, old) {
            outcome(&is.status, "added", self);
        }
    }

    /// Schemas by media type; `kind` is for other media types.
    fn contents(&mut self, old: &'a Content, new: &'a Content, place: &Place, kind: Kind) {
        let names = |content: &Content| {
            let mut names: Vec<&str> = content.iter().map(|(name, _)| name.as_str()).collect();
            names.sort_unstable();
            match names.as_slice() {
                [] => "no body".to_owned(),
                names => names.join(", "),
            }
        };
        if names(old) != names(new) {
            self.record(place, kind, arrow(&names(old), &names(new)));
        }
        for (media_type, was) in old {
            if let Some((_, is)) = new.iter().find(|(name, _)| name == media_type) {
                self.schemas(&[was], &[is], place);
            }
        }
    }
}

fn find<'p>(parameters: &'p [Parameter], like: &Parameter) -> Option<&'p Parameter> {
    parameters
        .iter()
        .find(|it| it.name == like.name && it.place == like.place)
}

fn in_words(parameter: &Parameter) -> String {
    let requiredness = if parameter.required {
        "required"
    } else {
        "optional"
    };
    format!("{} {} ({requiredness})", parameter.place, parameter.name)
}

fn only_in<'r>(some: &'r [Response], others: &'r [Response]) -> impl Iterator<Item = &'r Response> {
    some.iter()
        .filter(|it| !others.iter().any(|other| other.status == it.status))
}
