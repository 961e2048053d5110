//! What somebody who is not the API may do to a receiver, and what a machine may do to it.

mod clock;
