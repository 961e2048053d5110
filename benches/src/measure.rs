//! Measures both sides alternately, so that other load on the machine affects both.

use std::time::{Duration, Instant};

use clap::Args;

use crate::Failure;
use crate::machine::cpu_time;

/// How much to measure.
#[derive(Args, Clone, Debug)]
pub(crate) struct MeasureOptions {
    /// The number of rounds for each side.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: u32,
    /// The number of operations in a round, instead of each case's default.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) operations: Option<u32>,
    /// Installs nothing: compares only with what is installed already.
    #[arg(long)]
    pub(crate) installed_only: bool,
}

/// The times of one round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    pub(crate) cpu: Duration,
    pub(crate) wall: Duration,
}

/// What was measured in the same number of rounds of both sides.
#[derive(Debug)]
pub(crate) struct Rounds<T = Round> {
    base: Vec<T>,
    subject: Vec<T>,
}

/// One quantity, measured on both sides in each round.
#[derive(Debug)]
pub(crate) struct Comparison {
    pub(crate) what: String,
    pub(crate) unit: &'static str,
    pub(crate) base: Vec<f64>,
    pub(crate) subject: Vec<f64>,
    /// The ratio that the project aims for.
    pub(crate) goal: Option<f64>,
}

/// The median and the range of the rounds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

/// Times both sides alternately, after a warm-up round of each. The side that starts changes with every round.
pub(crate) async fn alternate(
    rounds: u32,
    mut base: impl AsyncFnMut() -> Result<(), Failure>,
    mut subject: impl AsyncFnMut() -> Result<(), Failure>,
) -> Result<Rounds, Failure> {
    base().await?;
    subject().await?;
    alternate_cold(
        rounds,
        async || time(&mut base).await,
        async || time(&mut subject).await,
    )
    .await
}

/// As [`alternate`], without a warm-up, of sides that return what they measured.
pub(crate) async fn alternate_cold<T>(
    rounds: u32,
    mut base: impl AsyncFnMut() -> Result<T, Failure>,
    mut subject: impl AsyncFnMut() -> Result<T, Failure>,
) -> Result<Rounds<T>, Failure> {
    let mut measured = Rounds {
        base: Vec::new(),
        subject: Vec::new(),
    };
    for round in 0..rounds {
        if round % 2 == 0 {
            measured.base.push(base().await?);
            measured.subject.push(subject().await?);
        } else {
            measured.subject.push(subject().await?);
            measured.base.push(base().await?);
        }
    }
    Ok(measured)
}

/// Takes the times of this process.
pub(crate) async fn time(
    work: &mut impl AsyncFnMut() -> Result<(), Failure>,
) -> Result<Round, Failure> {
    let (cpu, wall) = (cpu_time()?, Instant::now());
    work().await?;
    Ok(Round {
        cpu: cpu_time()?.saturating_sub(cpu),
        wall: wall.elapsed(),
    })
}

impl Rounds {
    /// Compares CPU time and wall time of one of the `operations` in each round. The goal applies to CPU time.
    pub(crate) fn per_operation(&self, what: &str, operations: u32, goal: f64) -> [Comparison; 2] {
        let micros = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(operations);
        [
            self.compare(format!("{what}, CPU"), "µs", Some(goal), |r| micros(r.cpu)),
            self.compare(format!("{what}, wall"), "µs", None, |r| micros(r.wall)),
        ]
    }
}

impl<T> Rounds<T> {
    /// Compares one quantity of what was measured.
    pub(crate) fn compare(
        &self,
        what: String,
        unit: &'static str,
        goal: Option<f64>,
        quantity: impl Fn(&T) -> f64,
    ) -> Comparison {
        Comparison {
            what,
            unit,
            base: self.base.iter().map(&quantity).collect(),
            subject: self.subject.iter().map(&quantity).collect(),
            goal,
        }
    }
}

impl Comparison {
    /// Compares what was measured with a fixed limit.
    pub(crate) fn with_limit(
        what: String,
        unit: &'static str,
        limit: f64,
        subject: Vec<f64>,
        goal: Option<f64>,
    ) -> Self {
        Self {
            what,
            unit,
            base: vec![limit; subject.len()],
            subject,
            goal,
        }
    }

    /// Returns the ratio of the subject to the base, round by round.
    pub(crate) fn ratio(&self) -> Spread {
        let pairs = self.base.iter().zip(&self.subject);
        Spread::of(pairs.map(|(base, subject)| subject / base))
    }
}

impl Spread {
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        let last = values.len().saturating_sub(1);
        Self {
            median: f64::midpoint(at(last / 2), at(last.div_ceil(2))),
            least: at(0),
            most: at(last),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_lies_in_the_middle() {
        for (values, median) in [
            (vec![3.0, 1.0, 2.0], 2.0),
            (vec![4.0, 1.0, 2.0, 3.0], 2.5),
            (vec![7.0], 7.0),
        ] {
            let spread = Spread::of(values.clone());
            assert!((spread.median - median).abs() < f64::EPSILON, "{values:?}");
            assert!(spread.least <= median && median <= spread.most);
        }
    }

    #[test]
    fn ratios_are_taken_round_by_round() {
        let comparison = Comparison {
            what: String::new(),
            unit: "",
            base: vec![1.0, 10.0, 100.0],
            subject: vec![2.0, 20.0, 300.0],
            goal: None,
        };
        let ratio = comparison.ratio();
        assert!(
            (ratio.median - 2.0).abs() < f64::EPSILON && (ratio.most - 3.0).abs() < f64::EPSILON
        );
    }
}
