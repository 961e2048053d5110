//! A product and its price.

use sinch_conversation_raw::types::{
    KakaoTalkCommerce, KakaoTalkDiscountFixedCommerce, KakaoTalkDiscountRateCommerce,
    KakaoTalkRegularPriceCommerce,
};

/// An amount of money in won.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Won(pub u32);

/// A share in percent, 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(pub u8);

/// The discount on a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Discount {
    /// An amount, at most 999,999 won.
    Fixed(Won),
    /// A share.
    Rate(Percent),
}

/// A product with its regular price, and the reduced one if there is one.
///
/// ```
/// use sinch_conversation::message::kakaotalk::{Discount, Percent, Product, Won};
///
/// let oil = Product::new("Olive oil", Won(10_000)).reduced(Won(9_000), Discount::Rate(Percent(10)));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Product {
    title: String,
    regular: Won,
    reduced: Option<(Won, Discount)>,
}

impl Product {
    /// Creates a product at its regular price. The title has at most 30 characters, a price is at most 99,999,999 won.
    pub fn new(title: impl Into<String>, price: Won) -> Self {
        Self {
            title: title.into(),
            regular: price,
            reduced: None,
        }
    }

    /// Sets the reduced price, and the discount that it comes from.
    #[must_use]
    pub fn reduced(mut self, price: Won, discount: Discount) -> Self {
        self.reduced = Some((price, discount));
        self
    }
}

impl From<Won> for i64 {
    fn from(amount: Won) -> Self {
        amount.0.into()
    }
}

impl From<Percent> for i64 {
    fn from(share: Percent) -> Self {
        share.0.into()
    }
}

impl From<Product> for KakaoTalkCommerce {
    fn from(product: Product) -> Self {
        let (title, regular) = (product.title, product.regular.into());
        match product.reduced {
            None => KakaoTalkRegularPriceCommerce::new(title, regular).into(),
            Some((price, Discount::Fixed(off))) => {
                KakaoTalkDiscountFixedCommerce::new(title, regular, price.into(), off.into()).into()
            }
            Some((price, Discount::Rate(off))) => {
                KakaoTalkDiscountRateCommerce::new(title, regular, price.into(), off.into()).into()
            }
        }
    }
}
