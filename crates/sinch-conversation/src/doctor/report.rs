//! The report: findings with their severity and remedy.

use std::fmt;

/// The findings, in the order of the checks.
///
/// `Display` is text for a person: a line for each finding, and below it what to do. Holds no secrets.
///
/// ```
/// # doctest::run(async |doctest::Setup { client, .. }| {
/// use sinch_conversation::doctor::Severity;
///
/// let report = client.doctor().await;
/// let exit_code = match report.worst() {
///     Severity::Ok => 0,
///     Severity::Warning => 1,
///     _ => 2,
/// };
/// # assert_eq!(exit_code == 2, !report.is_healthy());
/// # Ok(()) });
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// One for each thing that is in order or is not.
    pub findings: Vec<Finding>,
}

/// One thing that is in order or is not.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What was checked.
    pub check: Check,
    /// How severe it is.
    pub severity: Severity,
    /// What was found.
    pub message: String,
    /// What to do about it; `None` when it is in order.
    pub remedy: Option<String>,
}

/// What was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Check {
    /// Whether the API and the token host can be reached and work.
    Connection,
    /// Whether the access key is accepted.
    Credentials,
    /// Whether the access key belongs to the project, and the account may send.
    Project,
    /// Whether the region has the app.
    Region,
    /// Whether there is such an app.
    App,
    /// Whether the channels of the app can be used.
    Channels,
    /// Whether callbacks get where they should.
    Webhooks,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// In order.
    Ok,
    /// Messages can be sent, but something is likely to be missed.
    Warning,
    /// Something does not work.
    Problem,
}

impl Report {
    pub(super) fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Returns the severity of the worst finding.
    pub fn worst(&self) -> Severity {
        let all = self.findings.iter().map(|finding| finding.severity);
        all.max().unwrap_or(Severity::Ok)
    }

    /// Returns whether there is no [`Problem`](Severity::Problem). There may be warnings.
    pub fn is_healthy(&self) -> bool {
        self.worst() < Severity::Problem
    }
}

impl Finding {
    pub(super) fn ok(check: Check, message: impl Into<String>) -> Self {
        Self {
            check,
            severity: Severity::Ok,
            message: message.into(),
            remedy: None,
        }
    }

    pub(super) fn warning(
        check: Check,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            check,
            severity: Severity::Warning,
            message: message.into(),
            remedy: Some(remedy.into()),
        }
    }

    pub(super) fn problem(
        check: Check,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Problem,
            ..Self::warning(check, message, remedy)
        }
    }
}

impl Check {
    /// Returns the name, as a report shows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::Credentials => "credentials",
            Self::Project => "project",
            Self::Region => "region",
            Self::App => "app",
            Self::Channels => "channels",
            Self::Webhooks => "webhooks",
        }
    }
}

impl Severity {
    /// Returns the name, as a report shows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:7}  {:11}  {}",
            self.severity, self.check, self.message
        )?;
        match &self.remedy {
            Some(remedy) => write!(f, "\n{:22}-> {remedy}", ""),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.findings.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{finding}")?;
        }
        Ok(())
    }
}
