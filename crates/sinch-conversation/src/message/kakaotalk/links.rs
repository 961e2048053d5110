//! Where a tap leads, by device.

/// Implements the links that all parts with a `body` have.
macro_rules! linked {
    ($part:ident) => {
        impl $part {
            /// Sets the address for desktop computers.
            #[must_use]
            pub fn desktop(mut self, url: impl Into<String>) -> Self {
                self.body.link_pc = Some(url.into());
                self
            }

            /// Sets the link into an app on iOS, such as `tel://46700000001`.
            #[must_use]
            pub fn ios(mut self, link: impl Into<String>) -> Self {
                self.body.scheme_ios = Some(link.into());
                self
            }

            /// Sets the link into an app on Android, such as `tel://46700000001`.
            #[must_use]
            pub fn android(mut self, link: impl Into<String>) -> Self {
                self.body.scheme_android = Some(link.into());
                self
            }
        }
    };
}

pub(super) use linked;
