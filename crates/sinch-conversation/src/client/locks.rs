//! One task at a time for each key.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{Mutex as TaskMutex, OwnedMutexGuard};

/// Locks by key. Those that nobody holds or waits for are forgotten.
#[derive(Debug, Default)]
pub(crate) struct KeyedLocks {
    held: Mutex<HashMap<String, Weak<TaskMutex<()>>>>,
}

impl KeyedLocks {
    /// Waits until no other task holds the lock of this key, in the order of the calls.
    pub(crate) async fn lock(&self, key: String) -> OwnedMutexGuard<()> {
        self.of(key).lock_owned().await
    }

    fn of(&self, key: String) -> Arc<TaskMutex<()>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = held.get(&key).and_then(Weak::upgrade) {
            return lock;
        }
        held.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::default();
        held.insert(key, Arc::downgrade(&lock));
        lock
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_lock_excludes_others_of_its_key_only_and_is_forgotten() {
        let locks = KeyedLocks::default();
        let first = locks.lock("a".to_owned()).await;
        let other = locks.lock("b".to_owned()).await;
        assert!(locks.of("a".to_owned()).try_lock().is_err());
        assert_eq!(locks.held.lock().unwrap().len(), 2);
        drop((first, other));
        let _third = locks.lock("c".to_owned()).await;
        assert_eq!(locks.held.lock().unwrap().len(), 1);
    }
}
