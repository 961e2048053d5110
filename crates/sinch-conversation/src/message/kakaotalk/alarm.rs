//! Settings for any message of KakaoTalk.

/// Implements the settings that all kinds have.
macro_rules! alarmed {
    ($kind:ident) => {
        impl $kind {
            /// Sets whether the contact's device shows a notification. It does by default.
            #[must_use]
            pub fn push_alarm(mut self, alarm: bool) -> Self {
                self.body.push_alarm = Some(alarm);
                self
            }

            /// Sets whether the content is for adults only. It is not by default.
            #[must_use]
            pub fn adult(mut self, adult: bool) -> Self {
                self.body.adult = Some(adult);
                self
            }
        }
    };
}

pub(super) use alarmed;
