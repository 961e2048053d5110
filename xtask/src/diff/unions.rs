//! Two unions: which members stayed, which came and which went.

use super::Comparison;
use super::category;
use super::kind::Kind;
use super::model::{Discriminator, Form, Model, Schema, Union};
use super::place::Place;
use super::schemas::arrow;
use super::shape::Shape;

/// A pair of members that stand for the same alternative.
type Pair<'a> = (&'a Schema, &'a Schema);

impl<'a> Comparison<'a> {
    pub(super) fn unions(&mut self, old: &Shape<'a>, new: &Shape<'a>, place: &Place) {
        let (in_old, in_new) = self.shared(old, new);
        let was = old.own_unions(&in_old);
        let is = new.own_unions(&in_new);
        if was.len() != is.len() {
            let words = |count: usize| match count {
                0 => "no union".to_owned(),
                1 => "a union".to_owned(),
                more => format!("{more} unions"),
            };
            let detail = arrow(&words(was.len()), &words(is.len()));
            return self.record(place, Kind::TypeChanged, detail);
        }
        for (was, is) in was.into_iter().zip(is) {
            self.union(was, is, place);
        }
    }

    fn union(&mut self, old: &'a Union, new: &'a Union, place: &Place) {
        if old.form != new.form {
            let detail = arrow(keyword(old.form), keyword(new.form));
            self.record(place, Kind::UnionFormChanged, detail);
        }
        let mut gone: Vec<&Schema> = old.members.iter().collect();
        let mut came: Vec<&Schema> = new.members.iter().collect();
        self.take_same_names(&mut gone, &mut came);
        for (was, is) in self.take_similar(&mut gone, &mut came) {
            let place = place.member(&label(is, self.new));
            self.schemas(&[was], &[is], &place);
        }
        let labels = |members: &[&Schema], model| -> Vec<String> {
            members.iter().map(|member| label(member, model)).collect()
        };
        self.record_list(place, Kind::MembersRemoved, &labels(&gone, self.old));
        self.record_list(place, Kind::MembersAdded, &labels(&came, self.new));
        self.discriminators(old, new, place);
    }

    /// Takes out the members that are the same component; these are compared there.
    fn take_same_names(&self, gone: &mut Vec<&'a Schema>, came: &mut Vec<&'a Schema>) {
        gone.retain(|was| {
            let same = came.iter().position(|is| {
                matches!(
                    (category::name(&[was]), category::name(&[is])),
                    (Some(a), Some(b)) if self.same_name(a, b)
                )
            });
            same.map(|position| came.remove(position)).is_none()
        });
    }

    /// Takes out the members that have most in common, when at least one of the two has no name.
    fn take_similar(
        &self,
        gone: &mut Vec<&'a Schema>,
        came: &mut Vec<&'a Schema>,
    ) -> Vec<Pair<'a>> {
        let mut pairs = Vec::new();
        gone.retain(|was| {
            let best = came
                .iter()
                .enumerate()
                .map(|(position, is)| (self.likeness(was, is), position))
                .filter(|(likeness, _)| *likeness > 0)
                // The first of the best.
                .max_by_key(|(likeness, position)| (*likeness, usize::MAX - position));
            match best {
                Some((_, position)) => {
                    pairs.push((*was, came.remove(position)));
                    false
                }
                None => true,
            }
        });
        pairs
    }

    fn likeness(&self, old: &'a Schema, new: &'a Schema) -> usize {
        if category::name(&[old]).is_some() && category::name(&[new]).is_some() {
            return 0;
        }
        let was = Shape::of(&[old], self.old);
        let is = Shape::of(&[new], self.new);
        if was.fields.is_empty() && is.fields.is_empty() {
            return usize::from(was.category() == is.category());
        }
        was.fields
            .iter()
            .filter(|field| is.field(field.name).is_some())
            .count()
    }

    /// A mapping to a member that came or went says nothing that the member does not.
    fn discriminators(&mut self, old: &Union, new: &Union, place: &Place) {
        let words = |union: &Union, other: &Union| match &union.discriminator {
            None => "none".to_owned(),
            Some(discriminator) => in_words(discriminator, other),
        };
        let (was, is) = (words(old, new), words(new, old));
        if was != is {
            self.record(place, Kind::DiscriminatorChanged, arrow(&was, &is));
        }
    }
}

fn in_words(discriminator: &Discriminator, other: &Union) -> String {
    let values: Vec<String> = discriminator
        .mapping
        .iter()
        .filter(|(_, name)| {
            other
                .members
                .iter()
                .any(|member| category::name(&[member]) == Some(name.as_str()))
        })
        .map(|(value, name)| format!("{value}: {name}"))
        .collect();
    if values.is_empty() {
        discriminator.property.clone()
    } else {
        format!("{} ({})", discriminator.property, values.join(", "))
    }
}

fn keyword(form: Form) -> &'static str {
    match form {
        Form::OneOf => "oneOf",
        Form::AnyOf => "anyOf",
    }
}

/// A member by its name, or else by its fields.
fn label(member: &Schema, model: &Model) -> String {
    const SHOWN: usize = 3;
    let shape = Shape::of(&[member], model);
    if category::name(&[member]).is_some() || shape.fields.is_empty() {
        return category::describe(&[member], model);
    }
    let names: Vec<&str> = shape.fields.iter().map(|field| field.name).collect();
    match names.get(..SHOWN) {
        Some(first) if names.len() > SHOWN => format!("{}, …", first.join(", ")),
        _ => names.join(", "),
    }
}
