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
    let mut out = io::stdout().lock();
    writeln!(out, "Page              {}/", endpoints.conversation())?;
    writeln!(out, "Conversation API  {}", endpoints.conversation())?;
    writeln!(out, "Template API      {}", endpoints.template())?;
    writeln!(out, "Batch API         {}", endpoints.batch())?;
    writeln!(out, "Token host        {}", endpoints.auth())?;
    if let Some(network) = endpoints.network() {
        writeln!(out, "From elsewhere        {network}")?;
    }
    writeln!(out)?;
    writeln!(
        out,
        "export SINCH_PROJECT_ID={}",
        quoted(endpoints.project_id())
    )?;
    writeln!(out, "export SINCH_KEY_ID={}", quoted(endpoints.key_id()))?;
    if access != KeyRequirement::None {
        writeln!(
            out,
            "# SINCH_KEY_SECRET is the secret that the sandbox was started with."
        )?;
    } else {
        writeln!(
            out,
            "export SINCH_KEY_SECRET={}",
            quoted(endpoints.key_secret())
        )?;
    }
    writeln!(
        out,
        "export SINCH_CONVERSATION_URL={}",
        endpoints.conversation()
    )?;
    writeln!(out, "export SINCH_TEMPLATE_URL={}", endpoints.template())?;
    writeln!(out, "export SINCH_BATCH_URL={}", endpoints.batch())?;
    writeln!(out, "export SINCH_AUTH_URL={}", endpoints.auth())?;
    out.flush()
}

/// Quotes a value for a shell, if it needs quotes.
fn quoted(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/".contains(&byte);
    if value.bytes().all(plain) {
        value.to_owned()
    } else {
        format!("'{}'", value.replace('\'', r"'\''"))
    }
}
