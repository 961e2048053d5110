//! One text, for real.

use std::error::Error;

use sinch_conversation::Client;
use sinch_conversation::message::Text;
use sinch_conversation::recipient::sms;

pub(crate) async fn send(number: &str) -> Result<(), Box<dyn Error>> {
    let client = Client::from_env()?;
    let app = client.default_app();
    println!(
        "This sends one SMS to {number}, through the app {} of the project {}.",
        app.id()?,
        client.project()
    );
    println!("It is a real message, and Sinch may charge for it.");

    let sent = app
        .send(Text::new("Hello from the Sinch Conversation API and Rust."))
        .to(sms(number))
        .await?;
    println!("The API took it in as {}.", sent.message_id);
    Ok(())
}
