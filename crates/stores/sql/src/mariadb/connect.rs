//! Opening a database.

use std::time::Duration;

use serment_store::{Failure, Role, text};
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlPoolOptions, MySqlSslMode};
use sqlx::{ConnectOptions, Connection, Executor};

use super::{MariadbEngine, error, run};
use crate::address::server::{Address, Tls};

/// How long a server may take to answer at first.
const PATIENCE: Duration = Duration::from_secs(15);

/// The oldest version that makes tables of JSON.
const OLDEST: (u32, u32) = (10, 6);

/// What every session of ours is set to, whatever the server's own defaults. Statements are told by `utf8mb4` text that
/// compares byte by byte; zero dates may be read (`NO_ZERO_DATE` is off) and errors stop a change (`STRICT`); times are
/// written in UTC; a recursion goes on to its end instead of stopping in silence at the thousandth step; nothing cuts an
/// answer short, and COMMIT only commits.
const SESSION: &str = "SET NAMES utf8mb4 COLLATE utf8mb4_nopad_bin; \
    SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; \
    SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,SIMULTANEOUS_ASSIGNMENT', time_zone = '+00:00', \
      max_recursive_iterations = 4294967295, sql_select_limit = 18446744073709551615, max_join_size = 18446744073709551615, \
      sql_safe_updates = 0, sql_auto_is_null = 0, autocommit = 1, completion_type = 0, foreign_key_checks = 1, \
      unique_checks = 1, check_constraint_checks = 1, sql_quote_show_create = 1, query_cache_type = 0, system_versioning_asof = DEFAULT, \
      div_precision_increment = 4, max_statement_time = 0, \
      innodb_lock_wait_timeout = 10, lock_wait_timeout = 10;";

/// A session that reads only. Writing goes through batches, which have their own limits.
const READING: &str = "SET SESSION TRANSACTION READ ONLY; SET SESSION max_statement_time = 1800;";

/// Scripts are those of an application: with the usual isolation, in the SQL that the databases share, names between double
/// quotes, no meaning in a backslash.
const SCRIPT: &str = "SET NAMES utf8mb4; SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ; \
    SET SESSION sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', \
      innodb_lock_wait_timeout = 50;";

/// Connects once, to say clearly what is wrong, and keeps a few connections from then on.
pub(crate) async fn open(address: &Address, role: Role) -> Result<MariadbEngine, Failure> {
    let mut first = connect(address).await?;
    let version: String = sqlx::query_scalar("SELECT VERSION()")
        .fetch_one(&mut first)
        .await
        .map_err(|error| error::classify(&error))?;
    let _ = first.close().await;
    require_version(&version)?;
    let pool = MySqlPoolOptions::new()
        .max_connections(4)
        .min_connections(0)
        .acquire_timeout(Duration::from_secs(30))
        .after_connect(move |connection, _| {
            Box::pin(async move {
                run(connection, SESSION).await?;
                if role == Role::Read {
                    run(connection, READING).await?;
                }
                Ok(())
            })
        })
        .connect_lazy_with(options(address));
    Ok(MariadbEngine {
        pool,
        local: address.is_this_machine(),
    })
}

/// Refuses a server on which nothing was tested.
fn require_version(version: &str) -> Result<(), Failure> {
    if !version.contains("MariaDB") {
        return Err(Failure::Unsupported(text!(
            "ce serveur est un MySQL {version}, et non un MariaDB : Serment n'a pas été éprouvé avec lui et n'y touche pas",
            "this server is MySQL {version}, not MariaDB: Serment has not been tested with it and touches nothing there"
        )));
    }
    // Some servers say `5.5.5-10.11.6-MariaDB` to old clients.
    let own = version.strip_prefix("5.5.5-").unwrap_or(version);
    let mut parts = own.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found >= OLDEST {
        return Ok(());
    }
    let (major, minor) = OLDEST;
    Err(Failure::Unsupported(text!(
        "MariaDB {own} est trop ancien : il faut la version {major}.{minor} ou une plus récente",
        "MariaDB {own} is too old: {major}.{minor} or later is needed"
    )))
}

/// Options for the driver. Nothing of the environment says where we connect or how.
fn options(address: &Address) -> MySqlConnectOptions {
    let tls = match address.tls {
        Tls::Disable => MySqlSslMode::Disabled,
        Tls::Allow | Tls::Prefer => MySqlSslMode::Preferred,
        Tls::Require => MySqlSslMode::Required,
        Tls::VerifyCa => MySqlSslMode::VerifyCa,
        Tls::VerifyFull => MySqlSslMode::VerifyIdentity,
    };
    let mut options = MySqlConnectOptions::new()
        .host(address.bare_host())
        .port(address.port)
        .username(&address.user)
        .database(&address.database)
        .ssl_mode(tls)
        .pipes_as_concat(false)
        .no_engine_substitution(false)
        .timezone(None)
        .set_names(false)
        .disable_statement_logging();
    if let Some(password) = address
        .password
        .as_deref()
        .filter(|password| !password.is_empty())
    {
        options = options.password(password);
    }
    if address.host.starts_with('/') {
        options = options.host("localhost").socket(&address.host);
    }
    match &address.root {
        Some(root) => options.ssl_ca(root),
        None => options,
    }
}

async fn connect(address: &Address) -> Result<MySqlConnection, Failure> {
    match tokio::time::timeout(PATIENCE, MySqlConnection::connect_with(&options(address))).await {
        Ok(connected) => connected.map_err(|error| error::classify_connect(&error, &address.server())),
        Err(_) => Err(Failure::Unreachable(text!(
            "{} ne répond pas à temps",
            "{} does not answer in time",
            address.server()
        ))),
    }
}

/// Runs SQL text of several statements, as its author wrote it. Each one commits by itself, unless the text begins a
/// transaction.
pub(crate) async fn execute_script(address: &Address, script: &str) -> Result<(), Failure> {
    let mut connection = connect(address).await?;
    let done = async {
        run(&mut connection, SESSION).await?;
        run(&mut connection, SCRIPT).await?;
        let script = sqlx::raw_sql(sqlx::AssertSqlSafe(script.to_owned()));
        connection.execute(script).await
    }
    .await;
    let closed = connection.close().await;
    done.map_err(|error| error::classify(&error))?;
    closed.map_err(|error| error::classify(&error))
}

#[cfg(test)]
mod tests {
    use super::require_version;

    #[test]
    fn only_a_mariadb_that_is_recent_enough_is_accepted() {
        for version in [
            "10.6.0-MariaDB",
            "5.5.5-10.11.19-MariaDB-0+deb12u1",
            "11.8.2-MariaDB-log",
            "12.0.1-MariaDB",
        ] {
            assert!(require_version(version).is_ok(), "{version}");
        }
        for version in ["8.4.3", "8.0.36-0ubuntu0.22.04.1", "5.7.44-log"] {
            let refused = require_version(version).unwrap_err().to_string();
            assert!(refused.contains("MySQL"), "{refused}");
        }
        for version in ["10.5.29-MariaDB", "5.5.5-10.3.39-MariaDB-log", "MariaDB"] {
            let refused = require_version(version).unwrap_err().to_string();
            assert!(refused.contains("too old"), "{refused}");
        }
    }
}
