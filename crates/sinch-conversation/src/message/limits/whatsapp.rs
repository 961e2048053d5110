//! The limits of WhatsApp's own kinds.

use sinch_conversation_raw::types::{
    FlowChannelSpecificMessage, PaymentOrderDetailsChannelSpecificMessage,
    PaymentOrderStatusChannelSpecificMessage, WhatsAppInteractiveBody, WhatsAppInteractiveFooter,
};

use crate::error::Violations;

const BUTTON: usize = 20;
const BODY: usize = 1024;
const FOOTER: usize = 60;
const STATUS_DESCRIPTION: usize = 120;
const PAYMENT_BUTTONS: (usize, usize) = (1, 2);

pub(super) fn flow(flow: &FlowChannelSpecificMessage, at: &str, violations: &mut Violations) {
    frame(&flow.body, &flow.footer, at, violations);
    violations.text(format!("{at}flow_cta"), &flow.flow_cta, BUTTON);
}

pub(super) fn order_details(
    details: &PaymentOrderDetailsChannelSpecificMessage,
    at: &str,
    violations: &mut Violations,
) {
    frame(&details.body, &details.footer, at, violations);
    if let Some(buttons) = &details.payment.payment_buttons {
        let field = format!("{at}payment.payment_buttons");
        violations.count_within(field, buttons.len(), PAYMENT_BUTTONS);
    }
}

pub(super) fn order_status(
    status: &PaymentOrderStatusChannelSpecificMessage,
    at: &str,
    violations: &mut Violations,
) {
    frame(&status.body, &status.footer, at, violations);
    if let Some(text) = &status.payment.order.description {
        let field = format!("{at}payment.order.description");
        violations.text(field, text, STATUS_DESCRIPTION);
    }
}

fn frame(
    body: &Option<WhatsAppInteractiveBody>,
    footer: &Option<WhatsAppInteractiveFooter>,
    at: &str,
    violations: &mut Violations,
) {
    if let Some(body) = body {
        violations.text(format!("{at}body.text"), &body.text, BODY);
    }
    if let Some(footer) = footer {
        violations.text(format!("{at}footer.text"), &footer.text, FOOTER);
    }
}
