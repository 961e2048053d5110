//! What can be said about any message of KakaoTalk.

/// Gives a kind the settings that all kinds share.
macro_rules! alarmed {
    ($kind:ident) => {
        impl $kind {
            /// Says whether the device of the person gives an alarm. It does by default.
            #[must_use]
            pub fn push_alarm(mut self, alarm: bool) -> Self {
                self.body.push_alarm = Some(alarm);
                self
            }

            /// Says whether the content is for adults only. It is not by default.
            #[must_use]
            pub fn adult(mut self, adult: bool) -> Self {
                self.body.adult = Some(adult);
                self
            }
        }
    };
}

pub(super) use alarmed;
