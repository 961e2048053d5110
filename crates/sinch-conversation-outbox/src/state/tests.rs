use super::*;

fn lease(worker: &str) -> Lease {
    Lease {
        worker: WorkerId::new(worker),
        until: Time::from_micros(100),
    }
}

/// A row in this state, after two requests, held by `a` where it can be.
fn life(state: State) -> Life {
    let is_held = matches!(state, State::Claimed | State::Begun);
    Life {
        state,
        attempt: 2,
        lease: is_held.then(|| lease("a")),
    }
}

/// The table of the crate's documentation: change, states that it is possible in, and the state after it.
fn table(worker: &WorkerId) -> Vec<(Change<'_>, Vec<State>, State)> {
    use State::*;
    let late = Time::from_micros(100);
    let without_evidence = [Queued, Claimed, Begun, Refused, Unknown, Expired, Cancelled];
    let and = |more: &[State]| [&without_evidence[..], more].concat();
    vec![
        (Change::Claim(lease("a")), vec![Queued], Claimed),
        (Change::Release(worker), vec![Claimed], Queued),
        (Change::Begin(lease("a")), vec![Claimed], Begun),
        (Change::NotProcessed(2), vec![Begun, Unknown], Queued),
        (Change::Refuse(2), vec![Begun, Unknown], Refused),
        (Change::Unknown(2), vec![Begun], Unknown),
        (Change::SendAgain(2), vec![Unknown], Queued),
        (Change::Retry, vec![Refused, Failed], Queued),
        (Change::Expire, vec![Queued, Claimed], Expired),
        (Change::Cancel, vec![Queued, Claimed], Cancelled),
        (Change::EndLease(late), vec![Claimed], Queued),
        (Change::EndLease(late), vec![Begun], Unknown),
        (Change::Evidence(Evidence::Accepted), and(&[]), Accepted),
        (Change::Evidence(Evidence::Failed), and(&[Accepted]), Failed),
        (
            Change::Evidence(Evidence::Delivered),
            and(&[Accepted, Failed]),
            Delivered,
        ),
        (
            Change::Evidence(Evidence::Read),
            and(&[Accepted, Failed, Delivered]),
            Read,
        ),
    ]
}

#[test]
fn the_table_is_all_there_is() {
    let worker = WorkerId::new("a");
    let table = table(&worker);
    for state in State::ALL {
        for (change, _, _) in &table {
            let expected = table
                .iter()
                .find(|(other, from, _)| other == change && from.contains(&state));
            let after = life(state).after(change).map(|life| life.state);
            assert_eq!(after, expected.map(|row| row.2), "{change:?} of {state}");
        }
    }
}

#[test]
fn only_the_holder_begins_and_releases() {
    let other = WorkerId::new("b");
    let claimed = life(State::Claimed);
    assert_eq!(claimed.after(&Change::Begin(lease("b"))), None);
    assert_eq!(claimed.after(&Change::Release(&other)), None);
}

#[test]
fn a_lease_counts_until_its_end() {
    let early = Change::EndLease(Time::from_micros(99));
    assert_eq!(life(State::Claimed).after(&early), None);
    assert_eq!(life(State::Begun).after(&early), None);
}

#[test]
fn an_answer_to_an_earlier_request_does_not_touch_a_later_one() {
    for change in [
        Change::NotProcessed(1),
        Change::Refuse(1),
        Change::Unknown(1),
    ] {
        assert_eq!(life(State::Begun).after(&change), None, "{change:?}");
        assert_eq!(life(State::Unknown).after(&change), None, "{change:?}");
    }
    assert_eq!(life(State::Unknown).after(&Change::SendAgain(1)), None);
}

#[test]
fn every_begin_has_a_number_of_its_own() {
    let begun = life(State::Claimed).after(&Change::Begin(lease("a")));
    assert_eq!(begun.map(|life| life.attempt), Some(3));
}

#[test]
fn only_claimed_and_begun_rows_are_held() {
    let worker = WorkerId::new("a");
    for state in State::ALL {
        for (change, _, _) in table(&worker) {
            let Some(after) = life(state).after(&change) else {
                continue;
            };
            let is_held = matches!(after.state, State::Claimed | State::Begun);
            assert_eq!(after.lease.is_some(), is_held, "{change:?} of {state}");
        }
    }
}

#[test]
fn the_order_of_receipts_does_not_matter() {
    let all = [
        Evidence::Accepted,
        Evidence::Failed,
        Evidence::Delivered,
        Evidence::Read,
    ];
    for first in all {
        for second in all {
            let apply = |life: Life, evidence| {
                let after = life.after(&Change::Evidence(evidence));
                after.unwrap_or(life)
            };
            let one = apply(apply(life(State::Unknown), first), second);
            let other = apply(apply(life(State::Unknown), second), first);
            assert_eq!(one.state, other.state);
        }
    }
}
