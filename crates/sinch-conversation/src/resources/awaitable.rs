//! Builders that do their work when they are awaited.

/// Lets a builder be awaited: `awaitable!(Builder => Output, method)`.
macro_rules! awaitable {
    ($builder:ty => $output:ty, $run:ident) => {
        impl ::std::future::IntoFuture for $builder {
            type Output = Result<$output, $crate::error::Error>;
            type IntoFuture =
                ::std::pin::Pin<Box<dyn ::std::future::Future<Output = Self::Output> + Send>>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(self.$run())
            }
        }
    };
}
pub(crate) use awaitable;
