//! Builders that make their call when they are awaited.
//!
//! Each has a field `client`, which has the options of its call.

/// Lets a builder be awaited: `awaitable!(Builder => Output, method)`. A builder with a lifetime names it first.
macro_rules! awaitable {
    ([$life:lifetime] $builder:ty => $output:ty, $run:ident) => {
        $crate::resources::awaitable::awaitable!(@impl [$life] [$life] $builder => $output, $run);
    };
    (@impl [$life:lifetime] [$($generic:lifetime)?] $builder:ty => $output:ty, $run:ident) => {
        impl<$($generic)?> $builder {
            /// Sets [options](crate::CallOptions) for this call alone, in place of the client's. What is not set stays
            /// as it is.
            pub fn with_options(mut self, options: $crate::CallOptions) -> Self {
                self.client = self.client.with_options(options);
                self
            }

            /// Makes the call, and returns the value with the status and the headers of the response.
            ///
            /// # Errors
            ///
            /// Those of the call.
            pub async fn with_response(
                self,
            ) -> Result<$crate::Response<$output>, $crate::error::Error> {
                self.$run().with_response().await
            }
        }

        impl<$($generic)?> ::std::future::IntoFuture for $builder {
            type Output = Result<$output, $crate::error::Error>;
            type IntoFuture = $crate::PendingCall<$life, $output>;

            fn into_future(self) -> Self::IntoFuture {
                self.$run()
            }
        }
    };
    ($builder:ty => $output:ty, $run:ident) => {
        $crate::resources::awaitable::awaitable!(@impl ['static] [] $builder => $output, $run);
    };
}
pub(crate) use awaitable;
