//! The wire JSON of every builder, as snapshots, and the limits of each kind.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use serde_json::{Value, json};
use sinch_conversation::message::{
    CalendarEvent, Card, Carousel, Choice, Choices, ContactInfo, List, ListItem, ListSection,
    Location, Media, Message, Template, TemplateRef, Text,
};
use sinch_conversation::types::{
    AddressInfo, AgentType, AppMessage, CardHeight, NameInfo, OrganizationInfo,
};
use sinch_conversation::{Channel, Error, MessageId, Timestamp};

fn wire(message: impl Into<Message>) -> Value {
    serde_json::to_value(AppMessage::from(message.into())).unwrap()
}

macro_rules! snapshot {
    ($message:expr) => {
        insta::with_settings!({sort_maps => true, omit_expression => true, prepend_module_to_snapshot => false}, {
            insta::assert_json_snapshot!(wire($message));
        })
    };
}

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn picture() -> Media {
    Media::new("https://example.com/table.jpg")
}

fn every_choice() -> Vec<Choice> {
    let dinner = CalendarEvent::new(
        "Dinner",
        time("2025-11-30T18:00:00Z"),
        time("2025-11-30T20:00:00Z"),
    );
    vec![
        Choice::text("Yes").postback("yes").persistent(),
        Choice::url("Menu", "https://example.com/menu").postback(json!({"page": 1})),
        Choice::call("Call us", "+46700000001"),
        Choice::location(Location::new("Find us", 55.61, 13.0).label("Osteria")),
        Choice::calendar(
            "Note it",
            dinner.description("Table 4"),
            "https://example.com/note",
        ),
        Choice::share_location("Where are you?", "https://example.com/where"),
    ]
}

#[test]
fn text() {
    snapshot!(Text::new("Your table is ready"));
}

#[test]
fn media() {
    snapshot!(
        picture()
            .thumbnail("https://example.com/small.jpg")
            .filename("table.jpg")
    );
}

#[test]
fn choices() {
    snapshot!(Choices::new("Are you coming?", every_choice()).whatsapp_footer("Osteria"));
}

#[test]
fn card() {
    let card = Card::new("Table 4")
        .description("By the window")
        .media(picture())
        .height(CardHeight::Tall);
    snapshot!(
        card.choices([Choice::text("Take it")])
            .whatsapp_header("Osteria")
    );
}

#[test]
fn carousel() {
    let cards = [
        Card::new("Table 4").media(picture()),
        Card::default().description("In the garden"),
    ];
    snapshot!(Carousel::new(cards).choices([Choice::text("None of them")]));
}

#[test]
fn location() {
    snapshot!(Location::new("Find us", 55.61, -13.5).label("Osteria"));
}

#[test]
fn list_of_choices() {
    let starters = [
        ListItem::choice("Soup")
            .description("hot")
            .media(picture())
            .postback("soup"),
        ListItem::choice("Salad"),
    ];
    let sections = [
        ListSection::new(starters).title("Starters"),
        ListSection::new([ListItem::choice("Pasta")]),
    ];
    let list = List::new("Today", sections)
        .description("What would you like?")
        .media(picture());
    snapshot!(list.menu("Order").whatsapp_header("Osteria"));
}

#[test]
fn list_of_products() {
    let products = [
        ListItem::product("p-1", "FACEBOOK"),
        ListItem::product("p-2", "FACEBOOK").postback("not for products"),
    ];
    snapshot!(List::new("Wine", [ListSection::new(products)]).catalog("catalogue-1"));
}

#[test]
fn template() {
    let omni = TemplateRef::new("01TEMPLATE")
        .language("en-US")
        .parameter("name", "Ada")
        .parameter("time", "19:00");
    let whatsapp = TemplateRef::new("reminder")
        .version("2")
        .language("en_US")
        .parameter("body[1]text", "Ada");
    snapshot!(Template::omni(omni).on(Channel::WhatsApp, whatsapp));
}

#[test]
fn template_of_one_channel() {
    snapshot!(Template::channel(
        Channel::KakaoTalk,
        TemplateRef::new("t-1")
    ));
}

#[test]
fn contact_info() {
    let mut name = NameInfo::new("Ada Lovelace");
    name.first_name = Some("Ada".to_owned());
    let mut address = AddressInfo::default();
    address.city = Some("London".to_owned());
    let mut organization = OrganizationInfo::default();
    organization.company = Some("Analytical Engines".to_owned());
    snapshot!(
        ContactInfo::new("Ada", "+44700000001")
            .name(name)
            .phone("+44700000002", "WORK")
            .email("ada@example.com", "HOME")
            .address(address)
            .url("https://example.com/ada", "Org")
            .organization(organization)
            .birthday("1815-12-10")
    );
}

#[test]
fn what_any_message_can_have() {
    snapshot!(
        Message::new(Text::new("How can I help?"))
            .agent(AgentType::Human, "Ada")
            .reply_to(MessageId::new("01QUESTION").unwrap())
            .on(Channel::Sms, Text::new("Answer with a short text."))
            .on(Channel::Rcs, TemplateRef::new("01HELP"))
            .explicit(Channel::WhatsApp, &json!({"text": {"body": "Hi"}}))
    );
}

#[test]
fn a_published_type_is_sent_as_it_is() {
    let known = json!({"text_message": {"text": "hi"}, "agent": {"display_name": "Ada", "mood": "good"}, "new": [1]});
    let message: AppMessage = serde_json::from_value(known.clone()).unwrap();
    assert_eq!(wire(message), known);
}

fn named(result: Result<(), Error>) -> Vec<String> {
    result
        .err()
        .map(|error| error.violations().iter().map(ToString::to_string).collect())
        .unwrap_or_default()
}

fn many(count: usize) -> Vec<Choice> {
    (0..count)
        .map(|number| Choice::text(number.to_string()))
        .collect()
}

fn items(count: usize) -> Vec<ListItem> {
    (0..count)
        .map(|number| ListItem::choice(number.to_string()))
        .collect()
}

#[test]
fn what_is_at_the_limit_is_accepted() {
    Choices::new("?", many(10)).validate().unwrap();
    Card::new("card").choices(many(10)).validate().unwrap();
    Carousel::new(vec![Card::new("card").choices(many(10)); 10])
        .choices(many(3))
        .validate()
        .unwrap();
    List::new(
        "list",
        [ListSection::new(items(4)), ListSection::new(items(6))],
    )
    .validate()
    .unwrap();
    Text::new("x".repeat(100_000)).validate().unwrap();
}

#[test]
fn what_is_beyond_the_limit_is_named() {
    let all = |result| named(result).join("; ");
    assert_eq!(
        all(Choices::new("?", many(11)).validate()),
        "choice_message.choices: 11 items, at most 10 are allowed"
    );
    assert_eq!(
        all(Card::new("card").choices(many(11)).validate()),
        "card_message.choices: 11 items, at most 10 are allowed"
    );
    assert_eq!(
        all(Carousel::new(vec![Card::new("card"); 11])
            .choices(many(4))
            .validate()),
        "carousel_message.cards: 11 items, at most 10 are allowed; \
         carousel_message.choices: 4 items, at most 3 are allowed"
    );
    assert_eq!(
        all(Carousel::new([Card::new("card")])
            .choices([Choice::text("a"), Choice::text("b").persistent()])
            .validate()),
        "carousel_message.choices[1].display_mode: has to be left out: the choices of a whole carousel cannot be \
         persistent"
    );
    assert_eq!(
        all(List::new(
            "list",
            [ListSection::new(items(5)), ListSection::new(items(6))]
        )
        .validate()),
        "list_message.sections[].items: 11 items, at most 10 are allowed"
    );
    assert_eq!(
        all(Message::new(Text::new("hi"))
            .on(Channel::Rcs, Choices::new("?", many(11)))
            .validate()),
        "explicit_channel_omni_message.RCS.choice_message.choices: 11 items, at most 10 are allowed"
    );
}
