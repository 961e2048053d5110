//! Lists, page by page.

use serde_json::Value;
use sinch_conversation::Client;

use super::Call;
use crate::error::{Exit, Failure};
use crate::output::List;
use crate::reference::Place;

/// How much of a list is read.
#[derive(Clone, Copy)]
pub(crate) enum Extent {
    /// One page.
    Page,
    /// As many pages as it takes for this many items.
    Items(usize),
    /// All pages.
    All,
}

/// How a response is a list.
pub(crate) struct Pages<'a> {
    /// The field with the items.
    pub(crate) items: &'a str,
    /// Where the token of the next page goes; `None` if there are no pages.
    pub(crate) token: Option<Place>,
}

impl Pages<'_> {
    /// Reads pages and writes their items. Returns whether there are more.
    ///
    /// # Errors
    ///
    /// Those of the client and of the output.
    pub(crate) async fn write(
        &self,
        client: &Client,
        mut call: Call,
        extent: Extent,
        list: &mut List,
    ) -> Result<bool, Failure> {
        let mut left = match extent {
            Extent::Items(count) => count,
            Extent::Page | Extent::All => usize::MAX,
        };
        let mut last: Option<String> = None;
        loop {
            let mut page = call.make(client).await?.unwrap_or_default();
            let next = next_page(&page);
            let items = match page.get_mut(self.items).map(Value::take) {
                Some(Value::Array(items)) => items,
                _ => Vec::new(),
            };
            let count = items.len();
            for item in items.into_iter().take(left) {
                list.item(item)?;
            }
            let is_cut = count > left;
            left = left.saturating_sub(count);
            let (Some(place), Some(token)) = (self.token, next) else {
                return Ok(is_cut);
            };
            if left == 0 || matches!(extent, Extent::Page) {
                return Ok(true);
            }
            leads_on(last.as_deref(), &token)?;
            call.turn_to(place, &token);
            last = Some(token);
            list.flush()?;
        }
    }
}

/// Returns the token of the page after this one.
pub(crate) fn next_page(page: &Value) -> Option<String> {
    let token = page.get("next_page_token").and_then(Value::as_str);
    token.filter(|token| !token.is_empty()).map(str::to_owned)
}

/// Checks that the next page is another one than this.
///
/// # Errors
///
/// The token of the next page is the one that was just used.
pub(crate) fn leads_on(used: Option<&str>, next: &str) -> Result<(), Failure> {
    let message = "the token of the next page is that of this one, so the list would never end";
    match used == Some(next) {
        true => Err(Failure::new(Exit::Failed, message)),
        false => Ok(()),
    }
}

impl Call {
    /// Asks for the page of this token.
    pub(crate) fn turn_to(&mut self, place: Place, token: &str) {
        let name = "page_token";
        match (place, &mut self.body) {
            (Place::Body, Some(Value::Object(body))) => {
                body.insert(name.to_owned(), token.into());
            }
            _ => {
                self.query.retain(|(known, _)| known != name);
                self.query.push((name.to_owned(), token.to_owned()));
            }
        }
    }
}
