//! The media type of a URL.

use sinch_conversation_raw::types::MediaProperties;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MediaKind {
    Image,
    Sticker,
    Video,
    Audio,
    Document,
}

/// Returns the type by the file extension. A URL with no known extension counts as an image.
pub(super) fn kind(media: &MediaProperties) -> MediaKind {
    let path = media.url.split(['?', '#']).next().unwrap_or_default();
    let file = path.rsplit('/').next().unwrap_or_default();
    let extension = file.rsplit_once('.').map(|(_, extension)| extension);
    match extension.unwrap_or_default().to_ascii_lowercase().as_str() {
        "webp" => MediaKind::Sticker,
        "mp4" | "3gp" | "3gpp" | "mov" | "mpeg" | "webm" | "avi" => MediaKind::Video,
        "mp3" | "aac" | "amr" | "m4a" | "ogg" | "opus" | "wav" => MediaKind::Audio,
        "pdf" | "doc" | "docx" | "xls" | "xlsx" | "ppt" | "pptx" | "odt" | "ods" | "rtf"
        | "txt" | "csv" | "vcf" | "ics" | "zip" => MediaKind::Document,
        _ => MediaKind::Image,
    }
}

/// Returns whether it is an image, on channels without stickers.
pub(super) fn is_image(media: &MediaProperties) -> bool {
    matches!(kind(media), MediaKind::Image | MediaKind::Sticker)
}
