//! Opening a database.

use std::time::Duration;

use serment_store::text;
use serment_store::{Failure, Role};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions, PgSslMode};
use sqlx::{Connection, Executor};

use super::{PostgresEngine, error};
use crate::address::server::{Address, Tls};

/// How long a server may take to answer at first.
const PATIENCE: Duration = Duration::from_secs(15);

/// The oldest version that tells the fate of a transaction.
const OLDEST: i32 = 130_000;

/// What every session of ours is set to: names are found in `pg_catalog` only, a policy that would hide rows raises an
/// error instead, times are written in UTC, and a plan is made for the values at hand.
const SESSION: &str = "SET search_path = ''; SET row_security = off; SET timezone = 'UTC'; \
    SET datestyle = 'ISO, YMD'; SET standard_conforming_strings = on; SET bytea_output = 'hex'; \
    SET client_min_messages = warning; SET plan_cache_mode = force_custom_plan; SET lock_timeout = '10s';";

/// A session that reads only. Writing goes through batches, which have their own limits.
const READING: &str = "SET default_transaction_read_only = on; SET statement_timeout = '30min';";

/// Connects once, to say clearly what is wrong, and keeps a few connections from then on.
pub(crate) async fn open(address: &Address, role: Role) -> Result<PostgresEngine, Failure> {
    let mut first = connect(address).await?;
    let version: i32 = sqlx::query_scalar("SELECT current_setting('server_version_num')::int")
        .fetch_one(&mut first)
        .await
        .map_err(|error| error::classify(&error))?;
    let _ = first.close().await;
    if version < OLDEST {
        return Err(Failure::Unsupported(text!(
            "PostgreSQL {} est trop ancien : il faut la version 13 ou une plus récente",
            "PostgreSQL {} is too old: 13 or later is needed",
            version / 10_000
        )));
    }
    let pool = PgPoolOptions::new()
        .max_connections(4)
        .min_connections(0)
        .acquire_timeout(Duration::from_secs(30))
        .after_connect(move |connection, _| {
            Box::pin(async move {
                connection.execute(sqlx::raw_sql(SESSION)).await?;
                if role == Role::Read {
                    connection.execute(sqlx::raw_sql(READING)).await?;
                }
                Ok(())
            })
        })
        .connect_lazy_with(options(address));
    Ok(PostgresEngine {
        pool,
        local: address.is_this_machine(),
    })
}

/// Options for the driver. Nothing of the environment says where we connect or how.
fn options(address: &Address) -> PgConnectOptions {
    let tls = match address.tls {
        Tls::Disable => PgSslMode::Disable,
        Tls::Allow => PgSslMode::Allow,
        Tls::Prefer => PgSslMode::Prefer,
        Tls::Require => PgSslMode::Require,
        Tls::VerifyCa => PgSslMode::VerifyCa,
        Tls::VerifyFull => PgSslMode::VerifyFull,
    };
    let mut options = PgConnectOptions::new_without_pgpass()
        .port(address.port)
        .username(&address.user)
        .password(address.password.as_deref().unwrap_or(""))
        .database(&address.database)
        .ssl_mode(tls)
        .application_name("serment");
    options = if address.host.starts_with('/') {
        options.host("localhost").socket(&address.host)
    } else {
        options.host(address.bare_host())
    };
    match &address.root {
        Some(root) => options.ssl_root_cert(root),
        None => options,
    }
}

async fn connect(address: &Address) -> Result<PgConnection, Failure> {
    match tokio::time::timeout(PATIENCE, PgConnection::connect_with(&options(address))).await {
        Ok(connected) => connected.map_err(|error| error::classify_connect(&error, &address.server())),
        Err(_) => Err(Failure::Unreachable(text!(
            "{} ne répond pas à temps",
            "{} does not answer in time",
            address.server()
        ))),
    }
}

/// Runs SQL text of several statements, as its author wrote it, in one transaction.
pub(crate) async fn execute_script(address: &Address, script: &str) -> Result<(), Failure> {
    let mut connection = connect(address).await?;
    let done = connection
        .execute(sqlx::raw_sql(sqlx::AssertSqlSafe(script.to_owned())))
        .await;
    let closed = connection.close().await;
    done.map_err(|error| error::classify(&error))?;
    closed.map_err(|error| error::classify(&error))
}
