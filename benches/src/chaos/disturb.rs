//! What is done to the processes while they work.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::processes::Server;
use super::run::Run;
use crate::Failure;

/// How many faults of each kind are injected at a time: more than one request meets, fewer than make workers pause.
const FAULTS: u32 = 4;

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
            for fault in ["reset before", "reset after", "503"] {
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
            4 => self.inject("reset before").await?,
            5 => self.inject("reset after").await?,
            6 => {
                self.inject(fastrand::choice(["503", "429"]).unwrap_or("503"))
                    .await?
            }
            7 => {
                self.inject(fastrand::choice(["500", "500 after"]).unwrap_or("500"))
                    .await?
            }
            8 => self.inject("slow").await?,
            _ => self.expire_tokens().await?,
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
    async fn inject(&mut self, what: &str) -> Result<(), Failure> {
        let (fault, count) = match what {
            "reset before" => (json!({"reset": true}), &mut self.done.resets),
            "reset after" => (
                json!({"reset": true, "phase": "after"}),
                &mut self.done.resets,
            ),
            "429" => (
                json!({"status": 429, "retry_after": 1}),
                &mut self.done.refusals,
            ),
            "500" => (json!({"status": 500}), &mut self.done.failures),
            "500 after" => (
                json!({"status": 500, "phase": "after"}),
                &mut self.done.failures,
            ),
            "slow" => (json!({"delay_ms": 3_000}), &mut self.done.slow),
            _ => (json!({"status": 503}), &mut self.done.refusals),
        };
        *count += u64::from(FAULTS);
        let mut body = json!({"operation": "Messages_SendMessage", "times": FAULTS});
        if let (Value::Object(body), Value::Object(fault)) = (&mut body, fault) {
            body.extend(fault);
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
