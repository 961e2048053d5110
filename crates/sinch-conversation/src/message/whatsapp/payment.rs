//! The ways to pay for an order.

use sinch_conversation_raw::types::{
    WhatsAppPaymentButton, WhatsAppPaymentSettingsButtonBoleto,
    WhatsAppPaymentSettingsButtonPaymentLink, WhatsAppPaymentSettingsButtonPix,
};

use super::PixKeyType;

/// A way to pay for an order.
///
/// ```
/// use sinch_conversation::message::whatsapp::{PaymentButton, PixKeyType};
///
/// let page = PaymentButton::link("https://example.com/pay/7");
/// let pix = PaymentButton::pix("00020101021226", "Osteria", PixKeyType::Cnpj, "39580525000189");
/// let boleto = PaymentButton::boleto("03399026944140000002628346101018898510000008848");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PaymentButton {
    pub(super) body: WhatsAppPaymentButton,
}

impl PaymentButton {
    /// Creates a payment by a dynamic Pix code, to the account of a merchant with a Pix key.
    pub fn pix(
        code: impl Into<String>,
        merchant: impl Into<String>,
        key_type: PixKeyType,
        key: impl Into<String>,
    ) -> Self {
        Self {
            body: WhatsAppPaymentSettingsButtonPix::new(code, merchant, key, key_type).into(),
        }
    }

    /// Creates a payment by a link to a page.
    pub fn link(url: impl Into<String>) -> Self {
        Self {
            body: WhatsAppPaymentSettingsButtonPaymentLink::new(url).into(),
        }
    }

    /// Creates a payment by Boleto. A tap copies the digitable line.
    pub fn boleto(digitable_line: impl Into<String>) -> Self {
        Self {
            body: WhatsAppPaymentSettingsButtonBoleto::new(digitable_line).into(),
        }
    }
}
