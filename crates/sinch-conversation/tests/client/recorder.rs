//! Keeps what is traced.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, Once};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Sees to it that no span or event is ever off. The first thread to pass one without any subscriber would
/// otherwise turn it off for all threads.
pub(crate) fn keep_on() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = tracing::subscriber::set_global_default(Recorder::default());
    });
}

/// A span with its fields, as far as they have values.
#[derive(Clone, Debug)]
pub(crate) struct RecordedSpan {
    pub(crate) name: &'static str,
    pub(crate) fields: BTreeMap<&'static str, String>,
}

/// Keeps every field of every span and event, whatever its level.
#[derive(Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<Recorded>>);

#[derive(Default)]
struct Recorded {
    spans: Vec<RecordedSpan>,
    text: String,
}

/// Takes the fields of one span or event.
#[derive(Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

impl Recorder {
    /// Everything, one field a line.
    pub(crate) fn text(&self) -> String {
        self.0.lock().unwrap().text.clone()
    }

    /// The spans with this name, in the order in which they began.
    pub(crate) fn spans(&self, name: &str) -> Vec<RecordedSpan> {
        let recorded = self.0.lock().unwrap();
        recorded
            .spans
            .iter()
            .filter(|span| span.name == name)
            .cloned()
            .collect()
    }

    fn keep(&self, fields: &Fields) {
        let mut recorded = self.0.lock().unwrap();
        for (name, value) in &fields.0 {
            recorded.text.push_str(&format!("{name}={value}\n"));
        }
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields::default();
        span.record(&mut fields);
        self.keep(&fields);
        let mut recorded = self.0.lock().unwrap();
        recorded.spans.push(RecordedSpan {
            name: span.metadata().name(),
            fields: fields.0,
        });
        Id::from_u64(recorded.spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        self.keep(&fields);
        let index = span.into_u64() as usize - 1;
        self.0.lock().unwrap().spans[index].fields.extend(fields.0);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        self.keep(&fields);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
