//! What every store does. `conformance!` makes a test of each case, for a function that makes an empty store where
//! that can be had.

pub(crate) mod claiming;
pub(crate) mod grouping;
pub(crate) mod listing;
pub(crate) mod pacing;
pub(crate) mod receiving;
pub(crate) mod settling;

use std::time::Duration;

use sinch_conversation_outbox::store::{
    Begin, Begun, Claim, Claimed, Enqueued, Key, Outcome, Rate, Receipt, Settlement, Swept,
};
use sinch_conversation_outbox::{Evidence, NewRow, Pace, Row, RowId, State, Store, Time, WorkerId};

pub(crate) const QUEUE: &str = "orders";
pub(crate) const LEASE: Duration = Duration::from_secs(60);

/// A store, and the time.
pub(crate) struct Bench<S> {
    pub(crate) store: S,
    pub(crate) now: Time,
}

pub(crate) fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

pub(crate) fn new(name: &str) -> NewRow {
    NewRow::new(format!(r#"{{"name": "{name}"}}"#))
}

impl<S> Bench<S> {
    pub(crate) fn new(store: S) -> Self {
        let now = Time::from_micros(1_700_000_000_000_000);
        Self { store, now }
    }

    pub(crate) fn pass(&mut self, time: Duration) {
        self.now = self.now.plus(time);
    }
}

impl<S: Store> Bench<S> {
    pub(crate) async fn enqueue(&self, rows: Vec<NewRow>) -> Vec<Enqueued> {
        self.store.enqueue(QUEUE, rows, self.now).await.unwrap()
    }

    /// Stores one row.
    pub(crate) async fn add(&self, row: NewRow) -> RowId {
        self.enqueue(vec![row]).await[0].id
    }

    pub(crate) async fn claim_with(
        &self,
        worker: &str,
        limit: usize,
        rate: Option<Rate>,
    ) -> Claimed {
        self.claim_of(worker, limit, rate, None).await
    }

    pub(crate) async fn claim_of(
        &self,
        worker: &str,
        limit: usize,
        rate: Option<Rate>,
        pace: Option<Pace>,
    ) -> Claimed {
        let claim = self.claim_for(worker, limit, rate, pace);
        self.store.claim(claim).await.unwrap()
    }

    pub(crate) fn claim_for(
        &self,
        worker: &str,
        limit: usize,
        rate: Option<Rate>,
        pace: Option<Pace>,
    ) -> Claim {
        Claim {
            queue: QUEUE.to_owned(),
            worker: WorkerId::new(worker),
            now: self.now,
            lease: LEASE,
            limit,
            rate,
            pace,
            begin_until: None,
        }
    }

    /// The ids of the rows that a worker gets, at most 100.
    pub(crate) async fn claim(&self, worker: &str) -> Vec<RowId> {
        let claimed = self.claim_with(worker, 100, None).await;
        claimed.rows.iter().map(|row| row.id).collect()
    }

    pub(crate) async fn begin(&self, worker: &str, rows: &[RowId]) -> Vec<Begun> {
        let begin = Begin {
            queue: QUEUE.to_owned(),
            worker: WorkerId::new(worker),
            now: self.now,
            lease: LEASE,
            rows: rows.to_vec(),
        };
        self.store.begin(begin).await.unwrap()
    }

    /// Stores a row, and begins it.
    pub(crate) async fn begun(&self, row: NewRow) -> RowId {
        let id = self.add(row).await;
        assert_eq!(self.claim("a").await, [id]);
        assert_eq!(self.begin("a", &[id]).await, [Begun::new(id, 1)]);
        id
    }

    pub(crate) async fn settle(&self, id: RowId, outcome: Outcome) -> usize {
        let settlements = vec![Settlement { id, outcome }];
        self.store.settle(settlements, self.now).await.unwrap()
    }

    pub(crate) async fn receive(&self, row: RowId, evidence: Evidence) -> Option<RowId> {
        let receipt = Receipt {
            row: Some(row),
            message_id: Some(format!("message of {row}")),
            evidence,
            reason: None,
        };
        self.store.receive(vec![receipt], self.now).await.unwrap()[0]
    }

    pub(crate) async fn sweep(&self) -> Swept {
        self.store.sweep(QUEUE, self.now, 100).await.unwrap()
    }

    /// The ids of the rows that somebody has to decide on.
    pub(crate) async fn undecided(&self) -> Vec<RowId> {
        let again = self.now.plus(seconds(60));
        let rows = self.store.undecided(QUEUE, self.now, again, 10).await;
        rows.unwrap().iter().map(|row| row.id).collect()
    }

    pub(crate) async fn row(&self, id: RowId) -> Row {
        let found = self.store.find(QUEUE, Key::Id(id)).await.unwrap();
        found.expect("a row with this id")
    }

    pub(crate) async fn state(&self, id: RowId) -> State {
        self.row(id).await.state
    }

    /// How many rows are in a state.
    pub(crate) async fn count(&self, state: State) -> u64 {
        let status = self.store.status(QUEUE, None).await.unwrap();
        status.counts.of(state)
    }
}

pub(crate) fn accepted(message: &str) -> Outcome {
    Outcome::Accepted {
        message_id: Some(message.to_owned()),
    }
}

pub(crate) fn not_processed(attempt: u32, not_before: Time) -> Outcome {
    let reason = "503".to_owned();
    Outcome::NotProcessed {
        attempt,
        not_before,
        reason,
    }
}

pub(crate) fn no_answer(attempt: u32) -> Outcome {
    let reason = "cut".to_owned();
    Outcome::Unknown { attempt, reason }
}

macro_rules! cases {
    ($make:expr; $($module:ident: $($case:ident),+;)+) => {$($(
        #[tokio::test]
        async fn $case() {
            let Some(store) = $make().await else { return };
            $crate::conformance::$module::$case($crate::conformance::Bench::new(store)).await;
        }
    )+)+};
}
pub(crate) use cases;

macro_rules! conformance {
    ($make:expr) => {
        mod conforms {
            use super::*;

            $crate::conformance::cases! { $make;
                claiming: rows_are_claimed_by_priority_and_then_in_order,
                    a_dedup_key_has_one_row, a_claimed_row_is_not_claimed_again,
                    only_the_holder_begins, a_row_is_begun_once, rows_may_be_begun_with_the_claim, a_row_waits_for_its_time,
                    an_expired_row_is_not_sent, an_expired_row_is_not_begun,
                    permits_are_spread_over_workers, permits_are_given_back,
                    a_clock_that_was_wrong_stops_nobody, a_hold_holds_all, queues_are_apart;
                settling: an_answer_settles_a_row, a_pause_is_kept_in_the_row,
                    a_refused_row_keeps_its_reason, a_dead_worker_leaves_an_unknown_row,
                    a_released_row_can_be_claimed, a_claim_ends_with_its_lease,
                    a_late_answer_settles_an_unknown_row, a_receipt_settles_an_unknown_row,
                    a_receipt_can_be_faster_than_the_answer, receipts_are_found_by_message_id,
                    receipts_of_nobody_are_no_error, receipts_count_once_in_any_order,
                    a_policy_sends_again_after_its_pause, a_receipt_comes_before_the_policy,
                    an_answer_to_the_first_request_ends_the_wait_for_a_second,
                    a_function_is_asked_once_at_a_time, a_decision_is_about_one_request,
                    old_rows_are_purged_in_slices;
                grouping: a_paused_queue_gives_nothing, a_paused_queue_begins_nothing,
                    a_group_is_paused_and_resumed, a_paused_group_begins_nothing,
                    a_cancelled_group_sends_nothing_more, a_cancelled_group_is_never_sent_again,
                    groups_are_counted, rows_of_a_person_are_sent_in_order,
                    a_person_waits_for_the_unknown_only_while_somebody_decides,
                    a_row_that_ends_early_lets_nobody_overtake,
                    a_row_that_is_sent_again_waits_for_the_one_under_way,
                    many_held_rows_do_not_block_others, a_status_says_why_nothing_is_sent;
                pacing: an_app_gets_no_more_than_its_queue_holds, a_full_app_blocks_no_other,
                    apps_keep_the_order_of_their_rows, channels_of_an_app_share_its_queue,
                    a_channel_may_be_slower_than_its_app, rows_that_are_not_claimed_do_not_count,
                    a_wrong_clock_stops_no_app, each_queue_has_a_pace_of_its_own,
                    many_apps_keep_the_order_of_their_rows;
                listing: rows_are_listed_in_pages, refused_and_failed_rows_are_sent_again,
                    what_may_have_arrived_is_not_sent_again,
                    what_failed_before_a_retry_does_not_settle_it,
                    a_message_that_arrives_late_ends_its_retry;
                receiving: an_event_is_stored_once, a_receipt_settles_its_row_with_the_event,
                    a_handled_event_is_over, a_failed_event_is_tried_again_after_its_pause,
                    an_event_of_a_dead_handler_is_handled_again,
                    dead_events_can_be_looked_at_and_replayed,
                    events_of_a_contact_are_handled_in_order,
                    handled_events_are_purged_in_slices, inboxes_are_apart;
            }
        }
    };
}
pub(crate) use conformance;
