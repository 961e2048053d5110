//! Limits on what a message holds.

use sinch_conversation_raw::types::{AppMessage, AppMessageTypes};

use super::check::Check;

/// The most choices of a message, a card or a list, and the most cards.
const CHOICES: usize = 10;
const CARDS: usize = 10;
/// The most choices that stand beside the cards of a carousel.
const OUTER_CHOICES: usize = 3;

pub(super) fn check(check: &mut Check, field: &str, message: &AppMessage) {
    match &message.kind {
        AppMessageTypes::CardMessage(card) => {
            count(
                check,
                &format!("{field}.card_message.choices"),
                card.choices.iter().flatten(),
                CHOICES,
            );
        }
        AppMessageTypes::ChoiceMessage(choice) => {
            count(
                check,
                &format!("{field}.choice_message.choices"),
                choice.choices.iter(),
                CHOICES,
            );
        }
        AppMessageTypes::CarouselMessage(carousel) => {
            let field = format!("{field}.carousel_message");
            count(
                check,
                &format!("{field}.cards"),
                carousel.cards.iter(),
                CARDS,
            );
            count(
                check,
                &format!("{field}.choices"),
                carousel.choices.iter().flatten(),
                OUTER_CHOICES,
            );
            for (index, card) in carousel.cards.iter().enumerate() {
                let field = format!("{field}.cards[{index}].choices");
                count(check, &field, card.choices.iter().flatten(), CHOICES);
            }
        }
        AppMessageTypes::ListMessage(list) => {
            let items = list.sections.iter().flat_map(|section| &section.items);
            count(
                check,
                &format!("{field}.list_message.sections"),
                items,
                CHOICES,
            );
        }
        _ => {}
    }
}

fn count<T>(check: &mut Check, field: &str, items: impl Iterator<Item = T>, most: usize) {
    let found = items.count();
    if found > most {
        check.wrong(field, format!("expected at most {most}, found {found}"));
    }
}
