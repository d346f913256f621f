//! Failpoints: named places where a test can stop the engine or let others act. Nothing of them exists without the
//! feature `failpoints`.

/// Every failpoint, in the order in which a batch passes them.
#[cfg(feature = "failpoints")]
pub const POINTS: [&str; 16] = [
    "before_intent",
    "after_intent",
    "before_rehearsal",
    "after_rehearsal",
    "before_register",
    "before_lock",
    "after_lock",
    "after_retest",
    "before_change",
    "after_change",
    "before_commit",
    "after_commit",
    "after_verification",
    "before_outcome",
    "after_outcome",
    "before_end",
];

#[cfg(feature = "failpoints")]
mod armed {
    use std::sync::Arc;
    use std::sync::Mutex;

    use async_trait::async_trait;

    /// What a test does when the engine passes a failpoint. A panic there is a crash: no handler of the engine runs.
    #[async_trait]
    pub trait Faults: Send + Sync {
        /// The engine is at this point.
        async fn at(&self, point: &'static str);
    }

    tokio::task_local! {
        static FAULTS: Arc<dyn Faults>;
    }

    /// Runs something of the engine under the eyes of a test.
    pub async fn with<F: Future>(faults: Arc<dyn Faults>, engine: F) -> F::Output {
        FAULTS.scope(faults, engine).await
    }

    /// How often the point of `SERMENT_FAILPOINT` was passed.
    static PASSED: Mutex<u64> = Mutex::new(0);

    pub(crate) async fn at(point: &'static str) {
        abort_if_asked(point);
        if let Ok(faults) = FAULTS.try_with(Arc::clone) {
            faults.at(point).await;
        }
    }

    /// `SERMENT_FAILPOINT=name:n` aborts the process the n-th time that it passes the point.
    fn abort_if_asked(point: &str) {
        let Ok(asked) = std::env::var("SERMENT_FAILPOINT") else {
            return;
        };
        let (name, nth) = asked.split_once(':').unwrap_or((&asked, "1"));
        if name != point {
            return;
        }
        let Ok(mut passed) = PASSED.lock() else { return };
        *passed += 1;
        if nth.parse() == Ok(*passed) {
            std::process::abort();
        }
    }
}

#[cfg(feature = "failpoints")]
pub(crate) use armed::at;
#[cfg(feature = "failpoints")]
pub use armed::{Faults, with};

#[cfg(not(feature = "failpoints"))]
pub(crate) async fn at(_: &'static str) {}
