//! `doctor`: what is wrong with a setup, and what to do about it.

use clap::Args;
use serde_json::{Value, json};
use sinch_conversation::doctor::{Finding, Report, Severity};

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::output::{Format, add_field};

#[derive(Args)]
pub(crate) struct Arguments {
    /// App to check, in place of the one that the settings name
    #[arg(long, value_name = "ID")]
    app: Option<String>,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let client = context.client()?;
        let mut doctor = client.doctor();
        if let Some(app) = self.app {
            doctor = doctor.app(app);
        }
        let report = context.run(async { Ok(doctor.await) })?;
        print(context, &report)?;
        if report.is_healthy() {
            return Ok(());
        }
        Err(Failure::new(Exit::Failed, "the setup has problems"))
    }
}

fn print(context: &Context, report: &Report) -> Result<(), Failure> {
    let output = context.output();
    if output.format() == Format::Table {
        return output.line(&report.to_string());
    }
    let findings: Vec<Value> = report.findings.iter().map(finding).collect();
    output.list(findings, &[])
}

fn finding(finding: &Finding) -> Value {
    let mut json = json!({
        "check": finding.check.as_str(),
        "severity": finding.severity.as_str(),
        "message": finding.message,
    });
    if let (Some(remedy), true) = (&finding.remedy, finding.severity > Severity::Ok) {
        add_field(&mut json, "remedy", remedy.as_str());
    }
    json
}
