//! Credentials, project, region and app, as the first responses of the API show them.

use sinch_conversation_raw::types::{AppResponse, ListAppsResponse, ProcessingMode};

use super::report::{Check, Finding, Report};
use crate::error::{ApiError, AuthError, AuthProblem, Error, ErrorKind, one_line};
use crate::id::AppId;
use crate::region::Region;

/// How many apps of the project are named.
const NAMED: usize = 5;

/// The message of a 403 when the account has no credit left.
const NO_CREDIT: &str = "BILLING_CREDIT_LIMIT_BREACHED";

/// The app was found, so everything up to it is in order.
pub(super) fn app_found(
    id: &AppId,
    app: &AppResponse,
    region: Option<Region>,
    report: &mut Report,
) {
    report.add(accepted());
    report.add(Finding::ok(
        Check::Region,
        format!("the app is found {}", place(region)),
    ));
    let mode = match &app.processing_mode {
        Some(ProcessingMode::Conversation) => {
            "CONVERSATION mode: contacts and conversations are stored"
        }
        Some(ProcessingMode::Dispatch) => {
            "DISPATCH mode: contacts and conversations are not stored"
        }
        _ => "in a mode that is not known",
    };
    report.add(Finding::ok(
        Check::App,
        format!("{}, {mode}", named(id.as_str(), app)),
    ));
}

/// There is no such app. `apps` are the existing ones.
pub(super) fn app_not_found(
    id: &AppId,
    apps: Result<ListAppsResponse, Error>,
    region: Option<Region>,
    report: &mut Report,
) {
    let list = match apps {
        Ok(list) => list,
        Err(error) => return report.add(refused(&error)),
    };
    report.add(accepted());
    let place = place(region);
    report.add(match app_names(&list) {
        Some(names) => Finding::problem(
            Check::App,
            format!("there is no app {id} {place}; the project has {names}"),
            "use the id of one of these apps, or the region in which the app was made",
        ),
        None => Finding::problem(
            Check::Region,
            format!("the project has no app at all {place}, so there is no app {id} either"),
            "use the region in which the app was made: an app is only found there",
        ),
    });
}

/// The app to check was named by text that cannot be an id.
pub(super) fn no_app_id(error: &Error) -> Finding {
    Finding::problem(
        Check::App,
        error.to_string(),
        "use the id that the dashboard shows: 26 letters and digits",
    )
}

/// No app is set.
pub(super) fn no_app_chosen(list: &ListAppsResponse, region: Option<Region>, report: &mut Report) {
    report.add(accepted());
    let place = place(region);
    report.add(match app_names(list) {
        Some(names) => Finding::warning(
            Check::App,
            format!("no app was chosen, so none was looked at; the project has {names} {place}"),
            "name one with SINCH_APP_ID, `ClientBuilder::default_app` or `Doctor::app`",
        ),
        None => Finding::problem(
            Check::Region,
            format!("the project has no app {place}"),
            "use the region of your apps, or create one with `Client::apps` or in the Sinch dashboard",
        ),
    });
}

/// The first call failed with something other than a missing app.
pub(super) fn refused(error: &Error) -> Finding {
    match (error.kind(), error.api()) {
        (ErrorKind::Auth(auth), _) => no_token(auth),
        (_, Some(api)) => refused_by_api(api),
        _ => unread(Check::Connection, error),
    }
}

/// Something could not be checked.
pub(super) fn unread(check: Check, error: &Error) -> Finding {
    let remedy = match error.kind() {
        ErrorKind::Connect => {
            "check the network, DNS, the proxy and the firewall: https to the hosts of the region has to be open"
        }
        ErrorKind::Decode(_) => {
            "check that the endpoint is the Conversation API and not a proxy's page"
        }
        ErrorKind::Timeout(_) => "try again, or allow more time with `ClientBuilder::timeouts`",
        _ => "try again; if it stays, ask Sinch, with the id of the request",
    };
    Finding::problem(check, format!("it could not be looked at: {error}"), remedy)
}

fn no_token(error: &AuthError) -> Finding {
    let (check, remedy) = match error.problem {
        AuthProblem::InvalidClient => (
            Check::Credentials,
            "check SINCH_KEY_ID and SINCH_KEY_SECRET; a lost secret cannot be shown again, make a new access key in the dashboard",
        ),
        AuthProblem::Provider => (
            Check::Credentials,
            "look at the credentials provider: the source of the error is its own",
        ),
        AuthProblem::Refused => (
            Check::Credentials,
            "check the access key in the dashboard: it may be disabled",
        ),
        AuthProblem::RateLimited { .. } => (
            Check::Connection,
            "wait a little; share one client in the process, since each new one gets a token",
        ),
        AuthProblem::Unreachable | AuthProblem::UnexpectedAnswer => (
            Check::Connection,
            "check the network, DNS, the proxy and the firewall: https to the token host has to be open",
        ),
    };
    Finding::problem(check, format!("there is no access token: {error}"), remedy)
}

fn refused_by_api(api: &ApiError) -> Finding {
    let (check, remedy) = match api.status.as_u16() {
        401 => (
            Check::Credentials,
            "check that the access key is enabled and of this project, and that no proxy takes the `Authorization` header away",
        ),
        403 if api.message.contains(NO_CREDIT) => (
            Check::Project,
            "the credit of the account is used up: add credit in the dashboard",
        ),
        403 => (
            Check::Project,
            "the access key does not belong to the project: check SINCH_PROJECT_ID, or make a key in this project",
        ),
        400 => (
            Check::App,
            "check the ids: an app id is 26 letters and digits, a project id a UUID",
        ),
        404 => (
            Check::Project,
            "check SINCH_PROJECT_ID and, if one is set, the endpoint",
        ),
        429 => (
            Check::Connection,
            "too many requests at the moment: wait a little, and see what else uses the project",
        ),
        _ => (
            Check::Connection,
            "the API has a fault at the moment: try again later",
        ),
    };
    Finding::problem(check, api.to_string(), remedy)
}

fn accepted() -> Finding {
    Finding::ok(
        Check::Credentials,
        "the API accepts the access key for the project",
    )
}

fn place(region: Option<Region>) -> String {
    match region {
        Some(region) => format!("in the region `{region}`"),
        None => "at the custom endpoint".to_owned(),
    }
}

/// The apps in words; `None` when there are none.
fn app_names(list: &ListAppsResponse) -> Option<String> {
    let apps = list.apps.as_deref().unwrap_or_default();
    let names: Vec<String> = apps
        .iter()
        .take(NAMED)
        .map(|app| named(app.id.as_deref().unwrap_or("without an id"), app))
        .collect();
    match apps.len() {
        0 => None,
        count if count > NAMED => Some(format!("{} and {} more", names.join(", "), count - NAMED)),
        _ => Some(names.join(", ")),
    }
}

fn named(id: &str, app: &AppResponse) -> String {
    match app.display_name.as_deref() {
        Some(name) if !name.is_empty() => format!("`{}` ({})", one_line(name), one_line(id)),
        _ => one_line(id),
    }
}
