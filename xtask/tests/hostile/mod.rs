//! Documents that are wrong, too large or malicious: an error that says where, or code that is what it should be.

mod prose;
