//! What is done to the processes while they work.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::processes::Server;
use super::report::Disturbances;
use super::run::Run;
use crate::Failure;

/// How many faults of each kind are injected at a time: more than one request meets, fewer than make workers pause.
const FAULTS: u32 = 4;

/// What some requests meet.
#[derive(Clone, Copy)]
enum Fault {
    /// The connection breaks, before or after the API has accepted the message.
    ResetBefore,
    ResetAfter,
    Throttled,
    Unavailable,
    /// The API answers with 500, before or after it has accepted the message.
    FailureBefore,
    FailureAfter,
    /// The answer comes late.
    Slow,
}

impl Fault {
    const ALL: [Self; 7] = [
        Self::ResetBefore,
        Self::ResetAfter,
        Self::Throttled,
        Self::Unavailable,
        Self::FailureBefore,
        Self::FailureAfter,
        Self::Slow,
    ];

    /// What the sandbox is told, besides the operation and how often.
    fn settings(self) -> Value {
        match self {
            Self::ResetBefore => json!({"reset": true}),
            Self::ResetAfter => json!({"reset": true, "phase": "after"}),
            Self::Throttled => json!({"status": 429, "retry_after": 1}),
            Self::Unavailable => json!({"status": 503}),
            Self::FailureBefore => json!({"status": 500}),
            Self::FailureAfter => json!({"status": 500, "phase": "after"}),
            Self::Slow => json!({"delay_ms": 3_000}),
        }
    }

    fn count(self, done: &mut Disturbances) -> &mut u64 {
        match self {
            Self::ResetBefore | Self::ResetAfter => &mut done.resets,
            Self::Throttled | Self::Unavailable => &mut done.refusals,
            Self::FailureBefore | Self::FailureAfter => &mut done.failures,
            Self::Slow => &mut done.slow,
        }
    }
}

impl Run<'_> {
    /// Kills a worker every few seconds with faults for the others, and each server once, when a part of the rows is sent.
    pub(super) async fn disturb(&mut self, sent: u64) -> Result<(), Failure> {
        let share = |of_ten: u64| sent * 10 >= u64::from(self.options.rows()) * of_ten;
        let (is_early, is_late, is_later) = (share(2), share(4), share(6));
        if is_early && self.done.store_restarted == 0 {
            self.restart_store();
        }
        let second = Duration::from_secs(1);
        if is_late && self.done.api_killed == 0 {
            self.done.api_killed += 1;
            restart(&mut self.api, second).await?;
        }
        if is_later && self.done.inbox_killed == 0 {
            self.done.inbox_killed += 1;
            restart(&mut self.inbox, second).await?;
        }
        if self.is_time() {
            self.replace_worker()?;
            for fault in [Fault::ResetBefore, Fault::ResetAfter, Fault::Unavailable] {
                self.inject(fault).await?;
            }
            eprintln!("{:>5} s, {sent} sent", self.begun.elapsed().as_secs());
        }
        Ok(())
    }

    /// Does one of many things every few seconds.
    pub(super) async fn disturb_at_random(&mut self) -> Result<(), Failure> {
        if !self.is_time() {
            return Ok(());
        }
        let pause = Duration::from_millis(fastrand::u64(500..5_000));
        match fastrand::u8(0..10) {
            0 => {
                self.done.api_killed += 1;
                restart(&mut self.api, pause).await?;
            }
            1 => {
                self.done.inbox_killed += 1;
                restart(&mut self.inbox, pause).await?;
            }
            2 => self.replace_worker()?,
            3 => self.restart_store(),
            4 => self.expire_tokens().await?,
            _ => {
                if let Some(fault) = fastrand::choice(Fault::ALL) {
                    self.inject(fault).await?;
                }
            }
        }
        Ok(())
    }

    /// Whether something is done now.
    fn is_time(&mut self) -> bool {
        let is_time = self.last_kill.elapsed() >= self.options.kill_every;
        if is_time {
            self.last_kill = Instant::now();
        }
        is_time
    }

    fn restart_store(&mut self) {
        if let Some(postgres) = &self.postgres {
            postgres.restart();
            self.done.store_restarted += 1;
        }
    }

    /// Has the API meet some requests with a fault.
    async fn inject(&mut self, fault: Fault) -> Result<(), Failure> {
        *fault.count(&mut self.done) += u64::from(FAULTS);
        let mut body = json!({"operation": "Messages_SendMessage", "times": FAULTS});
        if let (Value::Object(body), Value::Object(settings)) = (&mut body, fault.settings()) {
            body.extend(settings);
        }
        self.control("faults", &body).await
    }

    async fn expire_tokens(&mut self) -> Result<(), Failure> {
        self.done.expirations += 1;
        self.control("tokens:expire", &json!({})).await
    }

    async fn control(&self, what: &str, body: &Value) -> Result<(), Failure> {
        let url = format!("{}/_sandbox/{what}", self.api.url());
        let answer = self.http.post(&url).json(body).send().await?;
        answer.error_for_status()?;
        Ok(())
    }
}

async fn restart(server: &mut Server, pause: Duration) -> Result<(), Failure> {
    server.kill();
    tokio::time::sleep(pause).await;
    server.launch()
}
