//! Nonces in the memory of this process.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::nonce::{Claim, NonceFuture, NonceStore};

/// How many nonces are kept, unless told otherwise.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(100_000).unwrap();

/// A nonce in a fixed number of bytes, however long it is.
type Fingerprint = [u8; 32];

/// Nonces in the memory of this process: at most so many, and none for longer than its callback would be accepted.
///
/// By default 100 000 are kept, in about 15 MB. With the [`Verifier`](super::Verifier)'s default window of 300 s
/// that is enough for 330 callbacks a second without end.
///
/// When it is full, it takes no new nonce: [`MemoryNoncesError::Full`], which is answered with 503, until the oldest
/// leave the window. It does not drop the oldest instead, because their callbacks could be replayed then and nobody
/// would notice. Only authentic callbacks take up room, so it is your own traffic that fills it: give it more room
/// then.
///
/// A clock of the machine that steps back does not let a callback be replayed: what is not younger than the youngest
/// nonce that was forgotten is refused with [`MemoryNoncesError::Forgotten`], also answered with 503.
///
/// ```
/// use std::num::NonZeroUsize;
/// use sinch_conversation::webhook::MemoryNonces;
///
/// let nonces = MemoryNonces::with_capacity(NonZeroUsize::new(500_000).expect("not zero"));
/// assert!(nonces.is_empty());
/// ```
pub struct MemoryNonces {
    capacity: NonZeroUsize,
    kept: Mutex<Kept>,
}

/// The same nonces in two orders: by name, and by the time when they can go.
#[derive(Default)]
struct Kept {
    until: HashMap<Fingerprint, SystemTime>,
    by_time: BTreeSet<(SystemTime, Fingerprint)>,
    /// The latest time at which one of the forgotten nonces could go.
    forgotten_until: Option<SystemTime>,
}

/// Why [`MemoryNonces`] cannot tell whether a nonce is new.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MemoryNoncesError {
    /// There is no room for another nonce.
    #[error(
        "all {capacity} nonces that there is room for are younger than the window; give MemoryNonces more room"
    )]
    #[non_exhaustive]
    Full {
        /// How many there is room for.
        capacity: usize,
    },
    /// Nonces of this age were forgotten already: the clock of the machine stepped back, or the callback left the
    /// window while it was checked.
    #[error(
        "nonces of this age were forgotten already; if this goes on, the clock of this machine was set back"
    )]
    Forgotten,
}

impl MemoryNonces {
    /// Room for 100 000 nonces.
    pub fn new() -> Self {
        Self::with_capacity(CAPACITY)
    }

    /// Room for so many nonces, at about 150 bytes each. Memory is taken as it is needed.
    ///
    /// Enough is the number of callbacks in a second times the window in seconds.
    pub fn with_capacity(capacity: NonZeroUsize) -> Self {
        Self {
            capacity,
            kept: Mutex::default(),
        }
    }

    /// How many nonces are kept. Those that can go are counted until the next claim.
    pub fn len(&self) -> usize {
        self.kept().until.len()
    }

    /// Whether no nonce is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn claim_at(
        &self,
        nonce: &str,
        until: SystemTime,
        now: SystemTime,
    ) -> Result<Claim, MemoryNoncesError> {
        let mut kept = self.kept();
        kept.forget_before(now);
        let fingerprint = fingerprint(nonce);
        if kept.until.contains_key(&fingerprint) {
            return Ok(Claim::Known);
        }
        if kept.may_have_forgotten(until) {
            return Err(MemoryNoncesError::Forgotten);
        }
        if kept.until.len() >= self.capacity.get() {
            let capacity = self.capacity.get();
            return Err(MemoryNoncesError::Full { capacity });
        }
        kept.until.insert(fingerprint, until);
        kept.by_time.insert((until, fingerprint));
        Ok(Claim::New)
    }

    /// A panic of another holder leaves at worst one nonce that is kept in one order only.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn forget_before(&mut self, now: SystemTime) {
        while let Some((until, fingerprint)) = self.by_time.first().copied()
            && until <= now
        {
            self.by_time.pop_first();
            self.until.remove(&fingerprint);
            self.forgotten_until = self.forgotten_until.max(Some(until));
        }
    }

    /// Whether a nonce with this time may be among those that were forgotten. Never so while the clock goes on, since
    /// a callback of that age is outside the window then.
    fn may_have_forgotten(&self, until: SystemTime) -> bool {
        self.forgotten_until.is_some_and(|latest| until <= latest)
    }

    fn forget(&mut self, fingerprint: Fingerprint) {
        if let Some(until) = self.until.remove(&fingerprint) {
            self.by_time.remove(&(until, fingerprint));
        }
    }
}

impl fmt::Debug for MemoryNonces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryNonces")
            .field("capacity", &self.capacity)
            .field("len", &self.len())
            .finish()
    }
}

impl Default for MemoryNonces {
    fn default() -> Self {
        Self::new()
    }
}

impl NonceStore for MemoryNonces {
    fn claim<'a>(&'a self, nonce: &'a str, until: SystemTime) -> NonceFuture<'a, Claim> {
        Box::pin(async move { Ok(self.claim_at(nonce, until, SystemTime::now())?) })
    }

    fn release<'a>(&'a self, nonce: &'a str) -> NonceFuture<'a, ()> {
        Box::pin(async move {
            self.kept().forget(fingerprint(nonce));
            Ok(())
        })
    }
}

fn fingerprint(nonce: &str) -> Fingerprint {
    Sha256::digest(nonce).into()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn room_for(capacity: usize) -> MemoryNonces {
        MemoryNonces::with_capacity(NonZeroUsize::new(capacity).unwrap())
    }

    #[test]
    fn a_nonce_is_new_once_until_its_time_has_come() {
        let nonces = room_for(10);
        assert_eq!(nonces.claim_at("a", at(100), at(0)), Ok(Claim::New));
        assert_eq!(nonces.claim_at("a", at(100), at(99)), Ok(Claim::Known));
        assert_eq!(nonces.claim_at("a", at(200), at(100)), Ok(Claim::New));
        assert_eq!(nonces.len(), 1);
    }

    #[test]
    fn a_clock_that_steps_back_makes_no_nonce_new_again() {
        let nonces = room_for(10);
        for (nonce, until) in [("a", 100), ("b", 150), ("c", 300)] {
            assert_eq!(nonces.claim_at(nonce, at(until), at(0)), Ok(Claim::New));
        }
        // The clock goes forward, and back again.
        assert_eq!(nonces.claim_at("d", at(400), at(200)), Ok(Claim::New));
        let forgotten = Err(MemoryNoncesError::Forgotten);
        for (nonce, until) in [("a", 100), ("b", 150), ("never seen", 150)] {
            assert_eq!(nonces.claim_at(nonce, at(until), at(50)), forgotten);
        }
        assert_eq!(nonces.claim_at("c", at(300), at(50)), Ok(Claim::Known));
        assert_eq!(nonces.claim_at("e", at(151), at(50)), Ok(Claim::New));
        // What was released is forgotten on purpose.
        nonces.kept().forget(fingerprint("c"));
        assert_eq!(nonces.claim_at("c", at(300), at(50)), Ok(Claim::New));
    }

    #[test]
    fn a_full_store_takes_nothing_new_until_the_oldest_can_go() {
        let nonces = room_for(2);
        for (nonce, until) in [("late", 200), ("early", 100)] {
            assert_eq!(nonces.claim_at(nonce, at(until), at(0)), Ok(Claim::New));
        }
        let full = Err(MemoryNoncesError::Full { capacity: 2 });
        assert_eq!(nonces.claim_at("more", at(300), at(99)), full);
        assert_eq!(nonces.claim_at("early", at(100), at(99)), Ok(Claim::Known));
        assert_eq!(nonces.claim_at("more", at(300), at(100)), Ok(Claim::New));
        assert_eq!(nonces.claim_at("late", at(200), at(100)), Ok(Claim::Known));
        assert_eq!(nonces.len(), 2);
    }

    #[test]
    fn nothing_is_left_of_what_has_gone() {
        let nonces = room_for(1000);
        for number in 0..1000_u64 {
            let nonce = number.to_string();
            nonces.claim_at(&nonce, at(number + 1), at(0)).unwrap();
        }
        nonces.kept().forget(fingerprint("500"));
        nonces.kept().forget(fingerprint("never seen"));
        assert_eq!(nonces.len(), 999);
        nonces.kept().forget_before(at(1000));
        assert!(nonces.is_empty() && nonces.kept().by_time.is_empty());
    }
}
