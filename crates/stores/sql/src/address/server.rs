//! The address of a database on a server.
//!
//! `SCHEME://USER:PASSWORD@HOST:PORT/DATABASE?OPTION=VALUE`. The password may hold any character as it is, since it
//! ends at the last `@`; `%` followed by two hexadecimal digits is decoded. A host that is not this machine is only
//! reached through TLS with its certificate and name verified, unless the address says otherwise.

use std::net::IpAddr;
use std::path::PathBuf;

use serment_store::Failure;
use serment_store::{Text, text};

/// What addresses of one product have in common.
pub(crate) struct Scheme {
    /// How they begin, the usual one first.
    names: &'static [&'static str],
    /// The port when none is written.
    port: u16,
    /// The user when none is written.
    user: &'static str,
}

impl Scheme {
    /// Whether an address begins as those of this product do.
    pub fn begins(&self, text: &str) -> bool {
        self.names.iter().any(|name| {
            text.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with("://"))
        })
    }
}

/// PostgreSQL.
pub(crate) const POSTGRES: Scheme = Scheme {
    names: &["postgres", "postgresql"],
    port: 5432,
    user: "postgres",
};

/// MariaDB.
pub(crate) const MARIADB: Scheme = Scheme {
    names: &["mariadb", "mysql"],
    port: 3306,
    user: "root",
};

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tls {
    /// Not at all.
    Disable,
    /// If the server insists.
    Allow,
    /// If the server can.
    Prefer,
    /// Always, for whoever answers.
    Require,
    /// Always, for a server with a certificate of an authority that we trust.
    VerifyCa,
    /// Always, for a server with such a certificate of its own name.
    VerifyFull,
}

/// Where a database is and how to reach it. No `Debug`: it holds a password.
pub(crate) struct Address {
    /// User.
    pub user: String,
    /// Password.
    pub password: Option<String>,
    /// Host, or the path of a socket.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Database.
    pub database: String,
    /// Encryption.
    pub tls: Tls,
    /// The certificate of a private authority.
    pub root: Option<PathBuf>,
}

impl Address {
    /// Understands an address. Errors never repeat it.
    pub fn parse(text: &str, scheme: &Scheme) -> Result<Self, Failure> {
        let usual = scheme.names[0];
        let wrong = |why: Text| {
            Failure::Address(text!(
                "{why} ; elle s'écrit {usual}://USER:PASSWORD@HOST:PORT/DATABASE",
                "{why}; it is written {usual}://USER:PASSWORD@HOST:PORT/DATABASE";
                why
            ))
        };
        let rest = scheme
            .names
            .iter()
            .find_map(|name| text.strip_prefix(name)?.strip_prefix("://"))
            .ok_or_else(|| {
                wrong(text!(
                    "elle ne commence pas par {usual}://",
                    "it does not begin with {usual}://"
                ))
            })?;
        if rest.contains('\0') {
            return Err(wrong(text!(
                "elle contient un caractère NUL",
                "it holds a NUL character"
            )));
        }
        let (who, place) = rest.rsplit_once('@').unwrap_or(("", rest));
        let (user, password) = match who.split_once(':') {
            Some((user, password)) => (user, Some(decoded(password))),
            None => (who, None),
        };
        let (place, options) = place.split_once('?').unwrap_or((place, ""));
        let (server, database) = place.split_once('/').unwrap_or((place, ""));
        let (host, port) = host_and_port(server, scheme.port)
            .ok_or_else(|| wrong(text!("son port n'est pas un nombre", "its port is not a number")))?;
        let mut address = Self {
            user: if user.is_empty() {
                scheme.user.into()
            } else {
                decoded(user)
            },
            password,
            host: if host.is_empty() {
                "localhost".into()
            } else {
                decoded(host)
            },
            port,
            database: decoded(database),
            tls: Tls::Prefer,
            root: None,
        };
        address.read_options(options)?;
        if address.database.is_empty() {
            return Err(wrong(text!("elle ne nomme pas de base", "it names no database")));
        }
        Ok(address)
    }

    fn read_options(&mut self, options: &str) -> Result<(), Failure> {
        let (mut mode, mut insecure) = (None, false);
        for option in options.split('&').filter(|option| !option.is_empty()) {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            match name {
                "sslmode" => mode = Some(tls_mode(value)?),
                "sslrootcert" => self.root = Some(PathBuf::from(decoded(value))),
                "host" => self.host = decoded(value),
                "port" => {
                    self.port = value.parse().map_err(|_| {
                        Failure::Address(text!("son port n'est pas un nombre", "its port is not a number"))
                    })?;
                }
                "insecure" if value == "yes" => insecure = true,
                "application_name" | "connect_timeout" => {}
                _ => {
                    return Err(Failure::Address(text!(
                        "elle a une option inconnue ; sont connues : sslmode, sslrootcert, host, port et insecure",
                        "it has an option that is not known: sslmode, sslrootcert, host, port and insecure are"
                    )));
                }
            }
        }
        self.tls = match mode {
            Some(mode) if !readable_by_others(mode) || self.is_this_machine() || insecure => mode,
            Some(_) => {
                return Err(Failure::Tls(text!(
                    "{} est une autre machine, et ce sslmode laisse voyager les données et le mot de passe en clair ; \
                     retirez sslmode, ou ajoutez insecure=yes si c'est bien voulu",
                    "{} is another machine, and this sslmode lets the data and the password travel readable; \
                     remove sslmode, or add insecure=yes if that is really meant",
                    self.host
                )));
            }
            None if self.is_this_machine() => Tls::Prefer,
            None => Tls::VerifyFull,
        };
        Ok(())
    }

    /// Whether the host is this machine: a loopback address or a socket.
    pub fn is_this_machine(&self) -> bool {
        let host = self.bare_host();
        host == "localhost"
            || host.starts_with('/')
            || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// The host without the brackets of an IPv6 address.
    pub fn bare_host(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// The server, for messages.
    pub fn server(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

fn host_and_port(server: &str, usual: u16) -> Option<(&str, u16)> {
    let bracket = server.rfind(']').map_or(0, |at| at + 1);
    match server[bracket..].rfind(':') {
        None => Some((server, usual)),
        Some(at) => {
            let (host, port) = server.split_at(bracket + at);
            Some((
                host,
                if port == ":" {
                    usual
                } else {
                    port[1..].parse().ok()?
                },
            ))
        }
    }
}

fn tls_mode(value: &str) -> Result<Tls, Failure> {
    Ok(match value {
        "disable" => Tls::Disable,
        "allow" => Tls::Allow,
        "prefer" => Tls::Prefer,
        "require" => Tls::Require,
        "verify-ca" => Tls::VerifyCa,
        "verify-full" => Tls::VerifyFull,
        _ => {
            return Err(Failure::Address(text!(
                "sslmode vaut disable, allow, prefer, require, verify-ca ou verify-full",
                "sslmode is one of disable, allow, prefer, require, verify-ca, verify-full"
            )));
        }
    })
}

/// Whether a mode lets others read, or pretend to be the server: `require` encrypts without knowing for whom.
fn readable_by_others(mode: Tls) -> bool {
    matches!(mode, Tls::Disable | Tls::Allow | Tls::Prefer | Tls::Require)
}

/// Percent-decoded where two hexadecimal digits follow and the result is UTF-8; left alone otherwise.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = bytes
            .get(at + 1..at + 3)
            .and_then(|pair| std::str::from_utf8(pair).ok());
        match pair.filter(|pair| bytes[at] == b'%' && pair.bytes().all(|byte| byte.is_ascii_hexdigit())) {
            Some(pair) => {
                out.push(u8::from_str_radix(pair, 16).unwrap_or(b'%'));
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Address, Failure> {
        Address::parse(text, &POSTGRES)
    }

    fn refusal(text: &str) -> String {
        match parse(text) {
            Ok(_) => panic!("accepted"),
            Err(failure) => failure.to_string(),
        }
    }

    #[test]
    fn a_password_may_hold_any_character() {
        for password in [
            "a@b:c/d?e#f",
            "%",
            "100%",
            "é😀 \"'\\",
            "p%zz",
            "a&b=c",
            ":@:@",
            "$(x)`y`",
        ] {
            let address = parse(&format!("postgres://u:{password}@127.0.0.1:1/d"))
                .ok()
                .unwrap();
            assert_eq!(address.password.as_deref(), Some(password));
            assert_eq!((address.host.as_str(), address.port), ("127.0.0.1", 1));
            assert_eq!((address.user.as_str(), address.database.as_str()), ("u", "d"));
        }
        let address = parse("postgres://u:p%40%2F@h.example/d").ok().unwrap();
        assert_eq!(address.password.as_deref(), Some("p@/"));
    }

    #[test]
    fn another_machine_is_reached_through_verified_tls_only() {
        let mode = |text: &str| parse(text).ok().unwrap().tls;
        assert!(matches!(mode("postgres://u@db.example/d"), Tls::VerifyFull));
        assert!(matches!(
            mode("postgres://u@db.example/d?sslmode=verify-ca"),
            Tls::VerifyCa
        ));
        assert!(matches!(mode("postgres://u@[::1]:5/d"), Tls::Prefer));
        assert!(matches!(
            mode("postgres://u@/d?host=/run/postgresql"),
            Tls::Prefer
        ));
        assert!(matches!(
            mode("postgres://u@db.example/d?sslmode=disable&insecure=yes"),
            Tls::Disable
        ));
        assert!(refusal("postgres://u:s3cret@db.example/d?sslmode=disable").contains("insecure=yes"));
        assert!(
            refusal("postgres://u:s3cret@localhost.db.example/d?sslmode=require").contains("another machine")
        );
    }

    #[test]
    fn errors_never_repeat_the_address() {
        for text in [
            "mysql://u:s3cret@h/d",
            "postgres://u:s3cret@h:port/d",
            "postgres://u:s3cret@h/",
            "s3cret",
            "postgres://u:p@localhost/d?s3cret=x",
        ] {
            assert!(!refusal(text).contains("s3cret"), "{text}");
        }
    }
}
