//! Which statuses are final.

use crate::types::{
    BatchNotificationStatus, BatchStatus, DeliveryStatus, PaymentStatus, PaymentTransactionStatus,
};

impl DeliveryStatus {
    /// Whether the message has arrived or has failed for good: `DELIVERED`, `READ` and `FAILED`.
    ///
    /// `READ` may follow `DELIVERED` on channels that report it, and comes alone when `DELIVERED` was skipped. A status
    /// that no document knows is not final.
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

    /// Whether the message has arrived: `DELIVERED` and `READ`.
    pub fn is_delivered(&self) -> bool {
        matches!(self, Self::Delivered | Self::Read)
    }
}

impl BatchStatus {
    /// Whether the batch is done: `PROCESSED` and `CANCELLED`. The messages of a processed batch may still be on their
    /// way; each has receipts of its own.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Processed | Self::Cancelled)
    }
}

impl BatchNotificationStatus {
    /// Whether the batch is done: `BATCH_STATUS_PROCESSED`.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::BatchStatusProcessed)
    }
}

impl PaymentStatus {
    /// Whether the payment is over: captured, cancelled or failed.
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::PaymentStatusCaptured | Self::PaymentStatusCanceled | Self::PaymentStatusFailed
        )
    }
}

impl PaymentTransactionStatus {
    /// Whether the transaction is over: it succeeded, failed or was cancelled.
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::PaymentStatusTransactionSuccess
                | Self::PaymentStatusTransactionFailed
                | Self::PaymentStatusTransactionCanceled
        )
    }
}
