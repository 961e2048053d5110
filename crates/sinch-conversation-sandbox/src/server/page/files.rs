//! The files of the page, which are part of the program.

/// The folder of all files except the page itself.
pub(super) const FOLDER: &str = "/_page/";

/// A file and its text.
pub(super) struct File {
    name: &'static str,
    pub(super) text: &'static str,
}

impl File {
    pub(super) fn content_type(&self) -> &'static str {
        match self.name.rsplit('.').next() {
            Some("css") => "text/css; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("svg") => "image/svg+xml",
            _ => "text/html; charset=utf-8",
        }
    }
}

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(File { name: $name, text: include_str!(concat!("assets/", $name)) }),*]
    };
}

static PAGE: &[File] = files!["index.html"];

static FILES: &[File] = files![
    "announce.js",
    "api.js",
    "base.css",
    "channels.js",
    "chat.js",
    "chats.css",
    "chats.js",
    "choices.js",
    "composer.js",
    "controlcard.js",
    "controlchannels.js",
    "controlfaults.js",
    "controls.css",
    "controls.js",
    "controlstart.js",
    "deliveries.js",
    "dom.js",
    "events.js",
    "feed.js",
    "icon.svg",
    "inspector.js",
    "json.js",
    "keyed.js",
    "log.css",
    "main.js",
    "media.js",
    "messages.css",
    "messages.js",
    "newchat.js",
    "overview.js",
    "phone.css",
    "requests.js",
    "roving.js",
    "sendapp.js",
    "senddialog.js",
    "snippets.js",
    "splitlist.js",
    "statuses.js",
    "store.js",
    "tabs.js",
    "steps.js",
    "text.js",
    "threads.js",
    "time.js",
];

/// Returns the file at a path.
pub(super) fn find(path: &str) -> Option<&'static File> {
    if path == "/" {
        return PAGE.first();
    }
    let name = path.strip_prefix(FOLDER)?;
    FILES.iter().find(|file| file.name == name)
}
