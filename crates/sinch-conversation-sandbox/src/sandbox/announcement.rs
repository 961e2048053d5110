//! What a program prints when it has started a sandbox.

use super::endpoints::Endpoints;

impl Endpoints {
    /// Returns the addresses for people, and the settings of a client as variables for a shell. Without its secret, which
    /// is then known from elsewhere, a line says so.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use sinch_conversation_sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::start().await?;
    /// let text = sandbox.endpoints().announcement(true);
    /// assert!(text.contains("export SINCH_KEY_SECRET="));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn announcement(&self, with_secret: bool) -> String {
        let mut lines = vec![
            format!("Page              {}/", self.conversation()),
            format!("Conversation API  {}", self.conversation()),
            format!("Template API      {}", self.template()),
            format!("Batch API         {}", self.batch()),
            format!("Token host        {}", self.auth()),
        ];
        if let Some(network) = self.network() {
            lines.push(format!("From elsewhere        {network}"));
        }
        lines.push(String::new());
        lines.push(export("SINCH_PROJECT_ID", self.project_id()));
        lines.push(export("SINCH_KEY_ID", self.key_id()));
        lines.push(match with_secret {
            true => export("SINCH_KEY_SECRET", self.key_secret()),
            false => {
                "# SINCH_KEY_SECRET is the secret that the sandbox was started with.".to_owned()
            }
        });
        lines.push(export("SINCH_CONVERSATION_URL", self.conversation()));
        lines.push(export("SINCH_TEMPLATE_URL", self.template()));
        lines.push(export("SINCH_BATCH_URL", self.batch()));
        lines.push(export("SINCH_AUTH_URL", self.auth()));
        lines.into_iter().map(|line| line + "\n").collect()
    }
}

/// Quotes a value for a shell, if it needs quotes.
fn export(name: &str, value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/".contains(&byte);
    match value.bytes().all(plain) {
        true => format!("export {name}={value}"),
        false => format!("export {name}='{}'", value.replace('\'', r"'\''")),
    }
}
