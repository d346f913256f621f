//! The servers that tests need: how each is made, started, known to be ready, and stopped.

use std::path::Path;

use rustix::process::Signal;

/// A kind of server.
pub struct Product {
    /// Its name in commands and files.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// The package of Debian and its kin.
    pub package: &'static str,
    /// The oldest version that is accepted, as major and minor number.
    pub oldest: (u32, u32),
    /// The variable that tells the tests where it is.
    pub variable: &'static str,
    /// The account that its package makes: it refuses to run as root.
    pub account: &'static str,
    /// What variables of the environment begin with that would change it.
    pub variables: &'static str,
    /// The program that makes an empty server in the current folder, and its arguments.
    pub make: &'static [&'static str],
    /// The program of the server.
    pub server: &'static str,
    /// Its arguments: quick because nothing on it has to survive, and able to show what pre-flight must see.
    pub settings: &'static [&'static str],
    /// The arguments that say where it listens.
    pub on_port: fn(u16) -> Vec<String>,
    /// Whether it accepts connections, from what stands in its folder.
    pub ready: fn(&Path) -> bool,
    /// The file that holds its process number.
    pub process: &'static str,
    /// What stops it at once.
    pub stop: Signal,
    /// Its address for its owner.
    pub url: fn(u16) -> String,
    /// Folders where it may be, beside those of PATH; `*` stands for one folder.
    pub places: &'static [&'static str],
}

impl Product {
    /// The product of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        ALL.into_iter()
            .chain([&POSTGRES_OF_BENCHES, &MARIADB_OF_BENCHES])
            .find(|product| product.name == name)
    }
}

/// All of them.
pub const ALL: [&Product; 2] = [&POSTGRES, &MARIADB];

/// PostgreSQL.
pub const POSTGRES: Product = Product {
    name: "postgres",
    title: "PostgreSQL",
    package: "postgresql",
    oldest: (15, 0),
    variable: "SERMENT_TEST_POSTGRES",
    account: "postgres",
    variables: "PG",
    make: &[
        "initdb",
        "--pgdata=data",
        "--username=postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    ],
    server: "postgres",
    settings: &[
        "-D",
        "data",
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "fsync=off",
        "-c",
        "synchronous_commit=off",
        "-c",
        "full_page_writes=off",
        "-c",
        "wal_level=logical",
        "-c",
        "max_connections=300",
        "-c",
        "max_prepared_transactions=64",
        "-c",
        "max_locks_per_transaction=256",
        "-c",
        "timezone=UTC",
        "-c",
        "log_timezone=UTC",
        "-c",
        "lc_messages=C",
        "-c",
        "logging_collector=off",
    ],
    on_port: |port| vec!["-p".into(), port.to_string(), "-k".into(), ".".into()],
    // The eighth line says `ready` once connections are accepted; `pg_ctl` reads the same.
    ready: |folder| {
        let state = std::fs::read_to_string(folder.join("data/postmaster.pid")).unwrap_or_default();
        state.lines().nth(7).is_some_and(|line| line.trim() == "ready")
    },
    process: "data/postmaster.pid",
    stop: Signal::QUIT,
    url: |port| format!("postgres://postgres@127.0.0.1:{port}/postgres"),
    places: &[
        "/usr/lib/postgresql/*/bin",
        "/opt/homebrew/opt/*/bin",
        "/usr/local/opt/*/bin",
        "/usr/local/pgsql/bin",
    ],
};

/// MariaDB. Its isolation is the usual REPEATABLE READ, and its binary log is off. The package without the service:
/// installing it starts nothing.
pub const MARIADB: Product = Product {
    name: "mariadb",
    title: "MariaDB",
    package: "mariadb-server-core",
    oldest: (10, 6),
    variable: "SERMENT_TEST_MARIADB",
    account: "mysql",
    variables: "MYSQL",
    make: &[
        "mariadb-install-db",
        "--no-defaults",
        "--datadir=./data",
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        "--skip-name-resolve",
    ],
    server: "mariadbd",
    settings: &[
        "--no-defaults",
        "--datadir=./data",
        "--bind-address=127.0.0.1",
        "--skip-name-resolve",
        "--pid-file=server.pid",
        "--innodb-flush-log-at-trx-commit=0",
        "--innodb-flush-method=nosync",
        "--innodb-doublewrite=0",
        "--innodb-buffer-pool-size=128M",
        "--max-connections=300",
        "--performance-schema=OFF",
    ],
    on_port: |port| vec![format!("--port={port}"), "--socket=../socket".into()],
    ready: |folder| {
        let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        log.contains("ready for connections") && folder.join("data/server.pid").exists()
    },
    process: "data/server.pid",
    stop: Signal::KILL,
    url: |port| format!("mariadb://root@127.0.0.1:{port}/mysql"),
    places: &[
        "/usr/sbin",
        "/usr/libexec",
        "/opt/homebrew/opt/*/bin",
        "/usr/local/opt/*/bin",
        "/usr/local/mysql/bin",
    ],
};

/// PostgreSQL as benches want it: durable like a real one, with the memory of a small server, and nobody but the bench at
/// work. Both sides of a comparison meet the same.
pub const POSTGRES_OF_BENCHES: Product = Product {
    name: "postgres-of-benches",
    settings: &[
        "-D",
        "data",
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "shared_buffers=1GB",
        "-c",
        "work_mem=16MB",
        "-c",
        "maintenance_work_mem=256MB",
        "-c",
        "max_wal_size=8GB",
        "-c",
        "checkpoint_timeout=30min",
        "-c",
        "random_page_cost=1.1",
        "-c",
        "autovacuum=off",
        "-c",
        "max_locks_per_transaction=512",
        "-c",
        "timezone=UTC",
        "-c",
        "log_timezone=UTC",
        "-c",
        "lc_messages=C",
        "-c",
        "logging_collector=off",
    ],
    ..POSTGRES
};

/// MariaDB, likewise.
pub const MARIADB_OF_BENCHES: Product = Product {
    name: "mariadb-of-benches",
    settings: &[
        "--no-defaults",
        "--datadir=./data",
        "--bind-address=127.0.0.1",
        "--skip-name-resolve",
        "--pid-file=server.pid",
        "--innodb-flush-log-at-trx-commit=1",
        "--innodb-flush-method=O_DIRECT",
        "--innodb-doublewrite=1",
        "--innodb-buffer-pool-size=1G",
        "--innodb-log-file-size=1G",
        "--performance-schema=OFF",
    ],
    ..MARIADB
};
