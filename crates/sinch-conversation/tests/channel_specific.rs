//! The wire JSON of what only one channel has, as snapshots, its limits, and the other typed parts of a send.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::time::{Duration, UNIX_EPOCH};

use serde_json::Value;
use sinch_conversation::message::kakaotalk::{
    Button, CarouselCommerce, Commerce, Coupon, Discount, Head, Image, Offer, Percent, Product,
    Tail, Won,
};
use sinch_conversation::message::line::NotificationTemplate;
use sinch_conversation::message::whatsapp::{
    Country, Flow, FlowAction, FlowMode, Goods, Header, Item, Order, OrderDetails, OrderStatus,
    PaymentButton, PixKeyType, Status,
};
use sinch_conversation::message::{Message, Text};
use sinch_conversation::types::{AppMessage, ChannelSpecificMessage};
use sinch_conversation::{Channel, Error};

/// The JSON of a message, after it was shown that the published types know all of it.
fn wire(message: Message) -> Value {
    let sent = AppMessage::from(message);
    let json = serde_json::to_value(&sent).unwrap();
    let read: AppMessage = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(read, sent);
    let seen = format!("{read:?}");
    assert!(!seen.contains("Unknown"), "{seen}");
    let extras = seen.matches("extra: ").count();
    let empty = format!("{:?}", AppMessage::from(Message::from(Text::new(""))).extra);
    assert_eq!(
        seen.matches(&format!("extra: {empty}")).count(),
        extras,
        "{seen}"
    );
    assert!(extras > 3);
    json
}

macro_rules! snapshot {
    ($message:expr) => {
        insta::with_settings!({sort_maps => true, omit_expression => true, prepend_module_to_snapshot => false}, {
            insta::assert_json_snapshot!(wire($message)["channel_specific_message"]);
        })
    };
}

fn otherwise() -> Message {
    Message::new(Text::new("See https://example.com"))
}

fn order() -> Order {
    Order::new([
        Item::new("sku-1", "Olive oil", 1500).quantity(2),
        Item::new("sku-2", "Salt", 400).reduced_price(300),
    ])
}

fn details() -> OrderDetails {
    OrderDetails::new(Country::Br, "order-7", Goods::PhysicalGoods, order())
}

fn web() -> Button {
    Button::web("Buy", "https://example.com/oil")
}

fn offer(product: Product) -> Offer {
    Offer::new("https://example.com/oil.jpg", product, [web()])
}

fn oil() -> Product {
    Product::new("Olive oil", Won(10_000))
}

#[test]
fn whatsapp_flow() {
    snapshot!(
        otherwise().whatsapp(
            Flow::new("4711", "Book a table")
                .header(Header::text("Osteria"))
                .text("When do you come?")
                .footer("We are open from noon")
                .token("token-1")
                .mode(FlowMode::Draft)
                .action(FlowAction::Navigate)
                .screen("TABLES")
                .input("seats", 4)
                .input("name", "Ada")
        )
    );
}

#[test]
fn whatsapp_flow_with_nothing_but_what_is_needed() {
    snapshot!(otherwise().whatsapp(Flow::new("4711", "Book a table")));
}

#[test]
fn whatsapp_order_details() {
    let order = order()
        .tax(330)
        .tax_description("VAT")
        .shipping(500)
        .shipping_description("By bicycle")
        .discount(100)
        .discount_description("Thank you")
        .discount_program("Regulars")
        .catalog("catalog-1")
        .expires(UNIX_EPOCH + Duration::from_millis(1_800_000_000_900))
        .expiration_description("Until Friday");
    snapshot!(
        otherwise().whatsapp(
            OrderDetails::new(Country::Br, "order-7", Goods::PhysicalGoods, order)
                .header(Header::image("https://example.com/oil.jpg"))
                .text("Thank you for your order.")
                .footer("Osteria")
                .buttons([
                    PaymentButton::pix("pix-code", "Osteria", PixKeyType::Email, "pay@example.com"),
                    PaymentButton::boleto("34191.79001"),
                ])
        )
    );
}

#[test]
fn whatsapp_order_details_with_amounts_of_ones_own() {
    let order = order().subtotal(3200);
    snapshot!(
        otherwise().whatsapp(
            OrderDetails::new(Country::Sg, "order-8", Goods::DigitalGoods, order)
                .header(Header::document("https://example.com/bill.pdf"))
                .buttons([PaymentButton::link("https://example.com/pay/8")])
                .total(3150)
        )
    );
}

#[test]
fn whatsapp_order_status() {
    snapshot!(
        otherwise().whatsapp(
            OrderStatus::new("order-7", Status::PartiallyShipped)
                .header(Header::video("https://example.com/packing.mp4"))
                .text("Half of it is on its way")
                .description("One parcel of two")
        )
    );
}

#[test]
fn kakaotalk_commerce() {
    let image = Image::new("https://example.com/oil.jpg").link("https://example.com/oil");
    let buttons = [
        Button::web_by_device("Buy", "https://m.example.com", "https://example.com"),
        Button::app("Call", "tel://46700000001", "tel://46700000002"),
    ];
    snapshot!(
        otherwise().kakaotalk(
            Commerce::new(
                Offer::new(image, oil(), buttons)
                    .additional_content("From Liguria")
                    .coupon(
                        Coupon::fixed(Won(1_000))
                            .description("For you")
                            .mobile("https://m.example.com/coupon")
                            .desktop("https://example.com/coupon")
                    )
            )
            .push_alarm(false)
            .adult(true)
        )
    );
}

#[test]
fn kakaotalk_carousel_commerce() {
    let reduced = |discount| oil().reduced(Won(9_000), discount);
    let android = "alimtalk=coupon://1";
    snapshot!(
        otherwise().kakaotalk(
            CarouselCommerce::new([
                offer(reduced(Discount::Fixed(Won(1_000))))
                    .coupon(Coupon::rate(Percent(5)).android(android)),
                offer(reduced(Discount::Rate(Percent(10))))
                    .coupon(Coupon::shipping().ios("alimtalk=coupon://2")),
                offer(oil()).coupon(Coupon::free("Bread").mobile("https://example.com/bread")),
                Offer::new(
                    "https://example.com/oil.jpg",
                    oil(),
                    [Button::keyword("More")]
                )
                .coupon(Coupon::up("Size").mobile("https://example.com/size")),
            ])
            .head(
                Head::new("Oils", "From small farms", "https://example.com/head.jpg")
                    .mobile("https://m.example.com")
                    .desktop("https://example.com")
                    .ios("osteria://ios")
                    .android("osteria://android")
            )
            .tail(
                Tail::new("https://m.example.com/more")
                    .desktop("https://example.com/more")
                    .ios("osteria://more-ios")
                    .android("osteria://more-android")
            )
        )
    );
}

#[test]
fn line_notification_template() {
    snapshot!(
        otherwise().line(
            NotificationTemplate::new("shipment_completed_ja")
                .emphasized("date_002_ja", "21 November")
                .item("number_001_ja", "1234567")
                .item("name_010_ja", "Ada")
                .button("check_delivery_status_ja", "https://example.com/parcel")
        )
    );
}

#[test]
fn each_channel_has_its_own_message() {
    let json = wire(
        otherwise()
            .whatsapp(Flow::new("4711", "Book"))
            .kakaotalk(Commerce::new(offer(oil())))
            .line(NotificationTemplate::new("key")),
    );
    assert_eq!(json["text_message"]["text"], "See https://example.com");
    let types: Vec<_> = ["WHATSAPP", "KAKAOTALK", "LINE"]
        .map(|channel| {
            json["channel_specific_message"][channel]["message_type"]
                .as_str()
                .unwrap()
        })
        .into();
    assert_eq!(
        types,
        ["FLOWS", "COMMERCE", "NOTIFICATION_MESSAGE_TEMPLATE"]
    );
}

fn named(result: Result<(), Error>) -> String {
    let violations = result.map_or_else(|error| error.violations().to_vec(), |()| Vec::new());
    let named: Vec<_> = violations.iter().map(ToString::to_string).collect();
    named.join("; ")
}

/// So many characters, each of three bytes.
fn long(length: usize) -> String {
    "한".repeat(length)
}

/// Holds at the limit, and one beyond it is named.
macro_rules! limited {
    ($($field:literal: $limit:literal characters, $make:expr;)*) => {$(
        let make = $make;
        assert_eq!(named(make(long($limit)).validate()), "");
        let problem = format!("{}: {} characters, at most {} are allowed", $field, $limit + 1, $limit);
        assert_eq!(named(make(long($limit + 1)).validate()), problem);
    )*};
}

#[test]
fn texts_on_whatsapp_have_limits() {
    limited! {
        "flow_cta": 20 characters, |text| Flow::new("1", text);
        "body.text": 1024 characters, |text| Flow::new("1", "a").text(text);
        "footer.text": 60 characters, |text| Flow::new("1", "a").footer(text);
        "body.text": 1024 characters, |text| details().text(text);
        "footer.text": 60 characters, |text| details().footer(text);
        "body.text": 1024 characters, |text| OrderStatus::new("1", Status::Pending).text(text);
        "footer.text": 60 characters, |text| OrderStatus::new("1", Status::Pending).footer(text);
        "payment.order.description": 120 characters,
            |text| OrderStatus::new("1", Status::Pending).description(text);
    }
}

#[test]
fn texts_on_kakaotalk_have_limits() {
    let button = |button| Commerce::new(Offer::new("https://example.com", oil(), [web(), button]));
    let coupon =
        |coupon: Coupon| Commerce::new(offer(oil()).coupon(coupon.mobile("https://example.com")));
    let head = |title, text| {
        CarouselCommerce::new([offer(oil()), offer(oil())]).head(Head::new(
            title,
            text,
            "https://example.com",
        ))
    };
    let reduced = |discount| {
        move |text| Commerce::new(offer(Product::new(text, Won(9)).reduced(Won(8), discount)))
    };
    limited! {
        "buttons[1].name": 8 characters, |text| button(Button::web(text, "https://example.com"));
        "buttons[1].name": 8 characters, |text| button(Button::app(text, "tel://1", "tel://1"));
        "buttons[1].name": 8 characters, |text| button(Button::keyword(text));
        "commerce.title": 30 characters, |text| Commerce::new(offer(Product::new(text, Won(9))));
        "commerce.title": 30 characters, reduced(Discount::Fixed(Won(1)));
        "commerce.title": 30 characters, reduced(Discount::Rate(Percent(1)));
        "additional_content": 34 characters, |text: String| Commerce::new(offer(oil()).additional_content(text));
        "carousel.head.header": 20 characters, |text| head(text, String::new());
        "carousel.head.content": 50 characters, |text| head(String::new(), text);
        "coupon.description": 12 characters, |text: String| coupon(Coupon::fixed(Won(1)).description(text));
        "coupon.description": 12 characters, |text: String| coupon(Coupon::rate(Percent(1)).description(text));
        "coupon.description": 12 characters, |text: String| coupon(Coupon::shipping().description(text));
        "coupon.description": 12 characters, |text: String| coupon(Coupon::free("a").description(text));
        "coupon.description": 12 characters, |text: String| coupon(Coupon::up("a").description(text));
        "coupon.title": 7 characters, |text: String| coupon(Coupon::free(text));
        "coupon.title": 7 characters, |text: String| coupon(Coupon::up(text));
    }
}

#[test]
fn texts_on_line_have_limits() {
    let key = || NotificationTemplate::new("key");
    limited! {
        "body.emphasized_item.content": 15 characters, |text| key().emphasized("a", text);
        "body.items[1].content": 300 characters, |text| key().item("a", "b").item("c", text);
        "body.buttons[1].url": 1000 characters, |text| key().button("a", "b").button("c", text);
    }
}

#[test]
fn lists_have_limits() {
    let links = |count| {
        details()
            .buttons(vec![PaymentButton::link("https://example.com"); count])
            .validate()
    };
    let buttons = |count| {
        Commerce::new(Offer::new("https://example.com", oil(), vec![web(); count])).validate()
    };
    let cards = |count| CarouselCommerce::new(vec![offer(oil()); count]).validate();
    let line = |items: usize, buttons: usize| {
        let notification = (0..items).fold(NotificationTemplate::new("key"), |all, _| {
            all.item("a", "b")
        });
        (0..buttons)
            .fold(notification, |all, _| all.button("a", "b"))
            .validate()
    };
    for good in [
        links(1),
        links(2),
        buttons(1),
        buttons(2),
        cards(2),
        cards(10),
        line(0, 0),
        line(15, 2),
    ] {
        good.unwrap();
    }
    details().validate().unwrap();
    let at_least =
        |field, count, limit| format!("{field}: {count} items, at least {limit} are wanted");
    let at_most =
        |field, count, limit| format!("{field}: {count} items, at most {limit} are allowed");
    assert_eq!(named(links(0)), at_least("payment.payment_buttons", 0, 1));
    assert_eq!(named(links(3)), at_most("payment.payment_buttons", 3, 2));
    assert_eq!(named(buttons(0)), at_least("buttons", 0, 1));
    assert_eq!(named(buttons(3)), at_most("buttons", 3, 2));
    assert_eq!(named(cards(1)), at_least("carousel.list", 1, 2));
    assert_eq!(named(cards(11)), at_most("carousel.list", 11, 10));
    assert_eq!(named(line(16, 0)), at_most("body.items", 16, 15));
    assert_eq!(named(line(0, 3)), at_most("body.buttons", 3, 2));
}

#[test]
fn prices_have_a_range() {
    let sold = |product| named(Commerce::new(offer(product)).validate());
    let price = |regular, reduced, discount| {
        sold(Product::new("a", Won(regular)).reduced(Won(reduced), discount))
    };
    let coupon = |coupon: Coupon| {
        named(Commerce::new(offer(oil()).coupon(coupon.mobile("https://example.com"))).validate())
    };
    const MOST: u32 = 99_999_999;
    assert_eq!(sold(Product::new("a", Won(MOST))), "");
    assert_eq!(price(MOST, MOST, Discount::Fixed(Won(999_999))), "");
    assert_eq!(price(0, 0, Discount::Rate(Percent(100))), "");
    assert_eq!(coupon(Coupon::fixed(Won(999_999))), "");
    assert_eq!(coupon(Coupon::rate(Percent(100))), "");

    let dear = "commerce.regular_price: 100000000 won, allowed are 0 to 99999999";
    let reduced = "commerce.discount_price: 100000000 won, allowed are 0 to 99999999";
    assert_eq!(sold(Product::new("a", Won(MOST + 1))), dear);
    assert_eq!(
        price(MOST + 1, MOST + 1, Discount::Fixed(Won(1_000_000))),
        format!("{dear}; {reduced}; commerce.discount_fixed: 1000000 won, allowed are 0 to 999999")
    );
    assert_eq!(
        price(MOST + 1, MOST + 1, Discount::Rate(Percent(101))),
        format!("{dear}; {reduced}; commerce.discount_rate: 101 %, allowed are 0 to 100")
    );
    assert_eq!(
        coupon(Coupon::fixed(Won(1_000_000))),
        "coupon.discount_fixed: 1000000 won, allowed are 0 to 999999"
    );
    assert_eq!(
        coupon(Coupon::rate(Percent(101))),
        "coupon.discount_rate: 101 %, allowed are 0 to 100"
    );
}

#[test]
fn a_coupon_needs_an_address_that_is_not_only_for_desktops() {
    for coupon in [
        Coupon::fixed(Won(1)),
        Coupon::rate(Percent(1)),
        Coupon::shipping(),
        Coupon::free("a"),
        Coupon::up("a"),
    ] {
        let checked = |coupon| named(Commerce::new(offer(oil()).coupon(coupon)).validate());
        let missing = checked(coupon.clone().desktop("https://example.com"));
        assert!(
            missing.starts_with("coupon.link_mo: missing; "),
            "{missing}"
        );
        assert_eq!(checked(coupon.clone().mobile("https://example.com")), "");
        assert_eq!(checked(coupon.clone().ios("alimtalk=coupon://1")), "");
        assert_eq!(checked(coupon.android("alimtalk=coupon://1")), "");
    }
}

#[test]
fn all_violations_are_named_at_once_with_their_place() {
    let card = offer(oil()).additional_content(long(35));
    let message = otherwise()
        .whatsapp(Flow::new("1", long(21)).footer(long(61)))
        .kakaotalk(CarouselCommerce::new([offer(oil()), card]))
        .line(NotificationTemplate::new("key").emphasized("a", long(16)));
    assert_eq!(
        named(message.validate()),
        "channel_specific_message.KAKAOTALK.message.carousel.list[1].additional_content: 35 characters, at most 34 \
         are allowed; \
         channel_specific_message.LINE.message.body.emphasized_item.content: 16 characters, at most 15 are allowed; \
         channel_specific_message.WHATSAPP.message.footer.text: 61 characters, at most 60 are allowed; \
         channel_specific_message.WHATSAPP.message.flow_cta: 21 characters, at most 20 are allowed"
    );
}

#[test]
fn published_messages_are_checked_too() {
    let commerce = Commerce::new(offer(oil()));
    let json = serde_json::to_string(&AppMessage::from(otherwise().kakaotalk(commerce))).unwrap();
    let negative = json.replace("\"regular_price\":10000", "\"regular_price\":-1");
    assert_ne!(json, negative);
    let message: AppMessage = serde_json::from_str(&negative).unwrap();
    assert_eq!(
        named(Message::from(message).validate()),
        "channel_specific_message.KAKAOTALK.message.commerce.regular_price: -1 won, allowed are 0 to 99999999"
    );
}

#[test]
fn an_override_of_another_channel_is_kept() {
    let message = AppMessage::from(
        otherwise()
            .line(NotificationTemplate::new("key"))
            .on(Channel::Sms, Text::new("hi")),
    );
    let line: Option<&ChannelSpecificMessage> = message
        .channel_specific_message
        .as_ref()
        .unwrap()
        .get("LINE");
    assert!(line.is_some());
    assert!(
        message
            .explicit_channel_omni_message
            .unwrap()
            .contains_key("SMS")
    );
}
