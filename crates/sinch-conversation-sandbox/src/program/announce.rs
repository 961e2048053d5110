//! What the program prints when it has started.

use std::io::{self, Write};

use sinch_conversation_sandbox::Endpoints;

use super::arguments::KeyRequirement;

/// Warns on stderr if other machines can reach it.
pub(crate) fn warn(endpoints: &Endpoints, access: KeyRequirement) {
    let address = endpoints.address();
    if !endpoints.is_on_loopback() {
        let _ = writeln!(
            io::stderr(),
            "warning: the sandbox listens on {address}, beyond this machine, without TLS. {access}"
        );
    }
}

/// Prints base URLs for people, then variables for programs. A secret that came from outside is not repeated.
pub(crate) fn print(endpoints: &Endpoints, access: KeyRequirement) -> io::Result<()> {
    let text = endpoints.announcement(access == KeyRequirement::None);
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}
