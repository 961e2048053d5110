//! What somebody who is not the API may do to a receiver, and what a machine may do to it.

mod bodies;
mod clock;
// Where the kernel tells how much memory a process takes.
#[cfg(target_os = "linux")]
mod memory;
