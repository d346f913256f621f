//! Bars while a run works, on a terminal only.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serment_keep::ports::Progress;
use serment_register::model::Text;

use crate::screen::Look;
use crate::screen::look::harmless;
use crate::screen::plan::effect_word;
use crate::words::both;

/// Bars of one run: one for each step under way.
pub struct Bars {
    look: Look,
    shown: bool,
    /// Whether a signal was seen, said once above the bar.
    stopping: AtomicBool,
    together: MultiProgress,
    bars: Mutex<BTreeMap<String, ProgressBar>>,
}

impl Bars {
    /// Bars on the error output when it is a terminal, else nothing.
    pub fn new(look: Look, shown: bool) -> Self {
        Self {
            look,
            shown,
            stopping: AtomicBool::new(false),
            together: MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(10)),
            bars: Mutex::default(),
        }
    }

    /// Says that the run will stop after the batch under way.
    pub fn stopping(&self) {
        let again = self.stopping.swap(true, Ordering::SeqCst);
        let text = if again {
            both!(
                "On s'arrête dès que le lot en cours est fini ; patience.",
                "Stopping as soon as the batch under way has ended; patience."
            )
        } else {
            both!(
                "On s'arrête après le lot en cours. Rien n'est perdu : relancer la même commande continue.",
                "Stopping after the batch under way. Nothing is lost: running the same command again goes on."
            )
        };
        self.say(self.look.say(&text));
    }

    fn say(&self, text: &str) {
        self.together
            .suspend(|| crate::out::complain(&format!("{text}\n")));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, ProgressBar>> {
        self.bars
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Progress for Bars {
    fn step(&self, step: &str, table: &str, effect: &str, expected: u64) {
        if !self.shown {
            return;
        }
        let bar = self.together.add(ProgressBar::new(expected));
        bar.set_style(style(&self.look));
        bar.set_prefix(format!("{} {table}", self.look.say(&effect_word(effect))));
        self.lock().insert(step.to_owned(), bar);
    }

    fn advanced(&self, step: &str, rows: u64) {
        if let Some(bar) = self.lock().get(step) {
            if bar.length().is_some_and(|length| rows > length) {
                bar.set_length(rows);
            }
            bar.set_position(rows);
        }
    }

    fn done(&self, step: &str, _rows: u64) {
        if let Some(bar) = self.lock().remove(step) {
            bar.finish_and_clear();
        }
    }

    fn note(&self, text: &Text) {
        if self.shown {
            let text = harmless(self.look.say(text));
            self.say(&self.look.paint(crate::screen::Tone::Dim, &text));
        }
    }
}

fn style(look: &Look) -> ProgressStyle {
    let each = look.say(&both!("lignes/s", "rows/s")).to_owned();
    let left = look.say(&both!("reste", "left")).to_owned();
    let template = format!(
        "  {{prefix:32!}} {{bar:24}} {{percent:>3}} %  {{human_pos}}/{{human_len}}  {{per_sec_whole}} {each}  {left} {{eta}}"
    );
    ProgressStyle::with_template(&template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key(
            "per_sec_whole",
            |state: &indicatif::ProgressState, out: &mut dyn std::fmt::Write| {
                let _ = write!(out, "{:.0}", state.per_sec());
            },
        )
        .progress_chars(look.glyph("━╸─", "=> "))
}
