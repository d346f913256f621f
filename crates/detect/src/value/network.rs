//! Machines.

// From `core`: to read an address is no effect.
use core::net::IpAddr;

/// An IPv4 or IPv6 address, with or without the length of its network.
pub fn is_ip(text: &str) -> bool {
    let text = text.trim();
    let (address, network) = text
        .split_once('/')
        .map_or((text, None), |(address, length)| (address, Some(length)));
    let Ok(address) = address.parse::<IpAddr>() else {
        return false;
    };
    network.is_none_or(|length| {
        let most = if address.is_ipv4() { 32 } else { 128 };
        length.parse::<u8>().is_ok_and(|length| length <= most)
    })
}

/// A UUID.
pub fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.trim().split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && parts
            .iter()
            .all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// An address of the web, or a path on a site.
pub fn is_url(text: &str) -> bool {
    let text = text.trim();
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.len() > 3 && !rest.contains(char::is_whitespace))
        || (text.len() > 1 && text.starts_with('/') && !text.contains(char::is_whitespace))
}

/// How a browser presents itself.
pub fn is_user_agent(text: &str) -> bool {
    [
        "Mozilla/",
        "Opera/",
        "curl/",
        "okhttp/",
        "Googlebot",
        "python-requests/",
    ]
    .iter()
    .any(|start| text.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_are_told_from_numbers() {
        assert!(is_ip("203.0.113.9") && is_ip("2001:db8::1") && is_ip("203.0.113.0/24"));
        assert!(!is_ip("1.2.3") && !is_ip("203.0.113.0/33") && !is_ip("12") && !is_ip("::g"));
        assert!(is_uuid("7f3a1c00-0000-4000-8000-00000000000A") && !is_uuid("7f3a1c00"));
        assert!(is_url("/tarifs") && is_url("https://a.example/x") && !is_url("a/b") && !is_url("/"));
        assert!(is_user_agent("Mozilla/5.0 (X11)") && !is_user_agent("Firefox"));
    }
}
