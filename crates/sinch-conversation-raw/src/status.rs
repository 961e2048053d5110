//! Methods that tell whether a status is final.

use crate::types::{
    BatchNotificationStatus, BatchStatus, DeliveryStatus, PaymentStatus, PaymentTransactionStatus,
};

impl DeliveryStatus {
    /// Returns whether the message was delivered or has failed for good: `DELIVERED`, `READ` and `FAILED`.
    ///
    /// `READ` may follow `DELIVERED` on channels that report it, or come without it. An undocumented status is not final.
    ///
    /// ```
    /// use sinch_conversation_raw::types::DeliveryStatus;
    ///
    /// assert!(DeliveryStatus::Read.is_final() && DeliveryStatus::Failed.is_final());
    /// assert!(!DeliveryStatus::SwitchingChannel.is_final());
    /// ```
    pub fn is_final(&self) -> bool {
        self.is_delivered() || matches!(self, Self::Failed)
    }

    /// Returns whether the message was delivered: `DELIVERED` and `READ`.
    pub fn is_delivered(&self) -> bool {
        matches!(self, Self::Delivered | Self::Read)
    }
}

impl BatchStatus {
    /// Returns whether the batch is done: `PROCESSED` and `CANCELLED`. The messages of a processed batch
    /// may not be delivered yet; each has its own receipts.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Processed | Self::Cancelled)
    }
}

impl BatchNotificationStatus {
    /// Returns whether the batch is done: `BATCH_STATUS_PROCESSED`.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::BatchStatusProcessed)
    }
}

impl PaymentStatus {
    /// Returns whether the payment is over: captured, cancelled or failed.
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::PaymentStatusCaptured | Self::PaymentStatusCanceled | Self::PaymentStatusFailed
        )
    }
}

impl PaymentTransactionStatus {
    /// Returns whether the transaction is over: it succeeded, failed or was cancelled.
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::PaymentStatusTransactionSuccess
                | Self::PaymentStatusTransactionFailed
                | Self::PaymentStatusTransactionCanceled
        )
    }
}
