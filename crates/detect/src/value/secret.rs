//! Passwords, and what protects them.

/// How well a value of a column of passwords is protected, by its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// A slow, salted hash, or a random key that no person chose.
    Strong,
    /// A fast digest (MD5, SHA-1, SHA-2 without its salt) or a broken form: guessed in hours.
    Weak,
    /// Nothing of the sort: the password itself, or something that gives it back.
    Clear,
}

/// The beginnings of hashes that are slow and salted.
const STRONG: [&str; 18] = [
    "$argon2id$",
    "$argon2i$",
    "$argon2d$",
    "$2a$",
    "$2b$",
    "$2y$",
    "$scrypt$",
    "$7$",
    "$y$",
    "$6$",
    "$5$",
    "pbkdf2_sha256$",
    "pbkdf2_sha1$",
    "pbkdf2:sha",
    "bcrypt_sha256$",
    "scrypt:",
    "argon2$",
    "SCRAM-SHA-256$",
];
/// The beginnings of hashes that are neither slow nor, some of them, salted.
const WEAK: [&str; 10] = [
    "$1$", "$P$", "$H$", "{SSHA", "{SHA}", "{MD5}", "{SMD5}", "{CRYPT}", "sha1$", "md5$",
];

/// How well a value is protected.
pub fn protection(text: &str) -> Protection {
    let text = text.trim();
    if STRONG.iter().any(|start| text.starts_with(start)) && text.len() >= 30 {
        return Protection::Strong;
    }
    if WEAK.iter().any(|start| text.starts_with(start)) {
        return Protection::Weak;
    }
    let hexadecimal = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if hexadecimal && matches!(text.len(), 32 | 40 | 48 | 56 | 64 | 96 | 128) {
        return Protection::Weak;
    }
    // MySQL's own.
    if text.len() == 41 && text.starts_with('*') && text[1..].bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Protection::Weak;
    }
    Protection::Clear
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_told_from_passwords() {
        let salted = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b3dWRWJTmaaJObG";
        assert_eq!(protection(salted), Protection::Strong);
        assert_eq!(
            protection("$2y$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"),
            Protection::Strong
        );
        assert_eq!(protection("5f4dcc3b5aa765d61d8327deb882cf99"), Protection::Weak);
        assert_eq!(protection("$2y$"), Protection::Clear);
        assert_eq!(protection("azerty"), Protection::Clear);
        assert_eq!(protection(""), Protection::Clear);
    }
}
