//! A sign of life for whoever waits: nothing for a second, then one line on a terminal that is wiped at the end.

use std::io::Write;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::session::{Format, Session};

/// Work is going on for as long as this lives.
pub(super) struct Progress {
    worker: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Starts to watch, if anybody could see it.
    pub(super) fn start(what: &'static str, session: &Session) -> Progress {
        let seen = session.watched && session.format == Format::Human;
        let worker = seen.then(|| {
            let (stop, stopped) = mpsc::channel();
            let watch = move || {
                let started = Instant::now();
                let mut shown = false;
                while stopped.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout)
                {
                    let seconds = started.elapsed().as_secs();
                    write(&format!("\r{what} … {seconds} s"));
                    shown = true;
                }
                if shown {
                    write("\r\u{1b}[K");
                }
            };
            (stop, thread::spawn(watch))
        });
        Progress { worker }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.worker.take() {
            drop(stop);
            let _ = thread.join();
        }
    }
}

fn write(text: &str) {
    let mut stderr = std::io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes());
    let _ = stderr.flush();
}
