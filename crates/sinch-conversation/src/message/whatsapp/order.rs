//! An order: its items, with tax, shipping and discount.

use std::time::{SystemTime, UNIX_EPOCH};

use sinch_conversation_raw::types::{OrderDetailsItem, OrderDetailsPaymentOrder};

/// An order to be paid. Amounts are whole numbers in the unit that WhatsApp expects.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use sinch_conversation::message::whatsapp::{Item, Order};
///
/// let order = Order::new([Item::new("sku-1", "Olive oil", 1500).quantity(2)])
///     .tax(300)
///     .shipping(500)
///     .discount(200)
///     .discount_description("For regulars")
///     .expires(SystemTime::now() + Duration::from_secs(24 * 3600));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    pub(super) body: OrderDetailsPaymentOrder,
}

/// An item of an order.
///
/// ```
/// use sinch_conversation::message::whatsapp::Item;
///
/// let oil = Item::new("sku-1", "Olive oil", 1500).quantity(2).reduced_price(1200);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    body: OrderDetailsItem,
}

impl Order {
    /// Creates an order of items, without tax. The subtotal is the sum of the items: their quantities times their prices,
    /// or times their reduced prices.
    pub fn new(items: impl IntoIterator<Item = Item>) -> Self {
        let items: Vec<_> = items.into_iter().map(|item| item.body).collect();
        let subtotal = items
            .iter()
            .map(|item| {
                let price = item.sale_amount_value.unwrap_or(item.amount_value);
                price.saturating_mul(item.quantity)
            })
            .fold(0, i64::saturating_add);
        Self {
            body: OrderDetailsPaymentOrder::new(subtotal, 0, items),
        }
    }

    /// Sets the subtotal, in place of the sum of the items.
    #[must_use]
    pub fn subtotal(mut self, amount: i64) -> Self {
        self.body.subtotal_value = amount;
        self
    }

    /// Sets the tax.
    #[must_use]
    pub fn tax(mut self, amount: i64) -> Self {
        self.body.tax_value = amount;
        self
    }

    /// Sets a text about the tax.
    #[must_use]
    pub fn tax_description(mut self, text: impl Into<String>) -> Self {
        self.body.tax_description = Some(text.into());
        self
    }

    /// Sets the price of the shipping.
    #[must_use]
    pub fn shipping(mut self, amount: i64) -> Self {
        self.body.shipping_value = Some(amount);
        self
    }

    /// Sets a text about the shipping.
    #[must_use]
    pub fn shipping_description(mut self, text: impl Into<String>) -> Self {
        self.body.shipping_description = Some(text.into());
        self
    }

    /// Sets the discount, as a positive amount.
    #[must_use]
    pub fn discount(mut self, amount: i64) -> Self {
        self.body.discount_value = Some(amount);
        self
    }

    /// Sets a text about the discount.
    #[must_use]
    pub fn discount_description(mut self, text: impl Into<String>) -> Self {
        self.body.discount_description = Some(text.into());
        self
    }

    /// Sets the name of the discount program.
    #[must_use]
    pub fn discount_program(mut self, name: impl Into<String>) -> Self {
        self.body.discount_program_name = Some(name.into());
        self
    }

    /// Sets the Facebook catalog of the business.
    #[must_use]
    pub fn catalog(mut self, id: impl Into<String>) -> Self {
        self.body.catalog_id = Some(id.into());
        self
    }

    /// Sets when the order expires, in whole seconds; at least 300 seconds from now.
    #[must_use]
    pub fn expires(mut self, at: SystemTime) -> Self {
        let seconds = at
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        self.body.expiration_time = Some(seconds.to_string());
        self
    }

    /// Sets a text about the expiry of the order.
    #[must_use]
    pub fn expiration_description(mut self, text: impl Into<String>) -> Self {
        self.body.expiration_description = Some(text.into());
        self
    }

    /// Subtotal, tax and shipping, less the discount.
    pub(super) fn total(&self) -> i64 {
        let Self { body: order } = self;
        order
            .subtotal_value
            .saturating_add(order.tax_value)
            .saturating_add(order.shipping_value.unwrap_or(0))
            .saturating_sub(order.discount_value.unwrap_or(0))
    }
}

impl Item {
    /// Creates an item by the retailer's id, its name and its price. The quantity is one.
    pub fn new(retailer_id: impl Into<String>, name: impl Into<String>, price: i64) -> Self {
        Self {
            body: OrderDetailsItem::new(retailer_id, name, price, 1),
        }
    }

    /// Sets the quantity; one by default.
    #[must_use]
    pub fn quantity(mut self, quantity: i64) -> Self {
        self.body.quantity = quantity;
        self
    }

    /// Sets the price of one after a discount.
    #[must_use]
    pub fn reduced_price(mut self, amount: i64) -> Self {
        self.body.sale_amount_value = Some(amount);
        self
    }
}
