//! The address of a PostgreSQL database.
//!
//! `postgres://USER:PASSWORD@HOST:PORT/DATABASE?OPTION=VALUE`. The password may hold any character as it is, since it
//! ends at the last `@`; `%` followed by two hexadecimal digits is decoded. A host that is not this machine is only
//! reached through TLS with its certificate and name verified, unless the address says otherwise.

use std::net::IpAddr;
use std::path::PathBuf;

use serment_store::Failure;
use serment_store::{Text, text};
use sqlx::postgres::{PgConnectOptions, PgSslMode};

/// Where a database is and how to reach it. No `Debug`: it holds a password.
pub(crate) struct Address {
    user: String,
    password: Option<String>,
    host: String,
    port: u16,
    database: String,
    tls: PgSslMode,
    root: Option<PathBuf>,
}

impl Address {
    /// Understands an address. Errors never repeat it.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let wrong = |why: Text| {
            Failure::Address(text!(
                "{why} ; elle s'écrit postgres://USER:PASSWORD@HOST:PORT/DATABASE",
                "{why}; it is written postgres://USER:PASSWORD@HOST:PORT/DATABASE";
                why
            ))
        };
        let rest = text
            .strip_prefix("postgres://")
            .or_else(|| text.strip_prefix("postgresql://"))
            .ok_or_else(|| {
                wrong(text!(
                    "elle ne commence pas par postgres://",
                    "it does not begin with postgres://"
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
        let (host, port) = host_and_port(server)
            .ok_or_else(|| wrong(text!("son port n'est pas un nombre", "its port is not a number")))?;
        let mut address = Self {
            user: if user.is_empty() {
                "postgres".into()
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
            tls: PgSslMode::Prefer,
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
            None if self.is_this_machine() => PgSslMode::Prefer,
            None => PgSslMode::VerifyFull,
        };
        Ok(())
    }

    /// Whether the host is this machine: a loopback address or a socket.
    fn is_this_machine(&self) -> bool {
        let host = self.bare_host();
        host == "localhost"
            || host.starts_with('/')
            || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    fn bare_host(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// Options for the driver. Nothing of the environment says where we connect or how.
    pub fn options(&self) -> PgConnectOptions {
        let mut options = PgConnectOptions::new_without_pgpass()
            .port(self.port)
            .username(&self.user)
            .password(self.password.as_deref().unwrap_or(""))
            .database(&self.database)
            .ssl_mode(self.tls)
            .application_name("serment");
        options = if self.host.starts_with('/') {
            options.host("localhost").socket(&self.host)
        } else {
            options.host(self.bare_host())
        };
        match &self.root {
            Some(root) => options.ssl_root_cert(root),
            None => options,
        }
    }

    /// The server, for messages.
    pub fn server(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

fn host_and_port(server: &str) -> Option<(&str, u16)> {
    const USUAL: u16 = 5432;
    let bracket = server.rfind(']').map_or(0, |at| at + 1);
    match server[bracket..].rfind(':') {
        None => Some((server, USUAL)),
        Some(at) => {
            let (host, port) = server.split_at(bracket + at);
            Some((
                host,
                if port == ":" {
                    USUAL
                } else {
                    port[1..].parse().ok()?
                },
            ))
        }
    }
}

fn tls_mode(value: &str) -> Result<PgSslMode, Failure> {
    Ok(match value {
        "disable" => PgSslMode::Disable,
        "allow" => PgSslMode::Allow,
        "prefer" => PgSslMode::Prefer,
        "require" => PgSslMode::Require,
        "verify-ca" => PgSslMode::VerifyCa,
        "verify-full" => PgSslMode::VerifyFull,
        _ => {
            return Err(Failure::Address(text!(
                "sslmode vaut disable, allow, prefer, require, verify-ca ou verify-full",
                "sslmode is one of disable, allow, prefer, require, verify-ca, verify-full"
            )));
        }
    })
}

/// Whether a mode lets others read, or pretend to be the server: `require` encrypts without knowing for whom.
fn readable_by_others(mode: PgSslMode) -> bool {
    matches!(
        mode,
        PgSslMode::Disable | PgSslMode::Allow | PgSslMode::Prefer | PgSslMode::Require
    )
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

    fn refusal(text: &str) -> String {
        match Address::parse(text) {
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
            let address = Address::parse(&format!("postgres://u:{password}@127.0.0.1:1/d"))
                .ok()
                .unwrap();
            assert_eq!(address.password.as_deref(), Some(password));
            assert_eq!((address.host.as_str(), address.port), ("127.0.0.1", 1));
            assert_eq!((address.user.as_str(), address.database.as_str()), ("u", "d"));
        }
        let address = Address::parse("postgres://u:p%40%2F@h.example/d").ok().unwrap();
        assert_eq!(address.password.as_deref(), Some("p@/"));
    }

    #[test]
    fn another_machine_is_reached_through_verified_tls_only() {
        let mode = |text: &str| Address::parse(text).ok().unwrap().tls;
        assert!(matches!(mode("postgres://u@db.example/d"), PgSslMode::VerifyFull));
        assert!(matches!(
            mode("postgres://u@db.example/d?sslmode=verify-ca"),
            PgSslMode::VerifyCa
        ));
        assert!(matches!(mode("postgres://u@[::1]:5/d"), PgSslMode::Prefer));
        assert!(matches!(
            mode("postgres://u@/d?host=/run/postgresql"),
            PgSslMode::Prefer
        ));
        assert!(matches!(
            mode("postgres://u@db.example/d?sslmode=disable&insecure=yes"),
            PgSslMode::Disable
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
