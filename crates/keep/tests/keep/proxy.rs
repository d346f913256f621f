//! Stands between Serment and a server and cuts a line while it commits.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The messages with which the drivers of PostgreSQL and MariaDB commit.
const COMMITS: [&[u8]; 2] = [b"Q\0\0\0\x0bCOMMIT\0", b"\x07\0\0\0\x03COMMIT"];

fn commits(asked: &[u8]) -> bool {
    COMMITS
        .iter()
        .any(|commit| asked.windows(commit.len()).any(|message| message == *commit))
}

/// What becomes of a COMMIT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The server commits; its answer does not come back.
    Answer,
    /// The line is cut on both sides before the server hears it.
    Request,
    /// The server does not hear it, and does not hear of the cut before this time is over.
    RequestUnnoticed(Duration),
    /// The server hears it; our side is cut before it can have done anything.
    WhileCommitting,
}

/// The proxy of one test; it ends with the test's runtime.
#[derive(Clone)]
pub struct Proxy {
    /// Which COMMIT is cut, counted from 1, and how; how many went by.
    armed: Arc<Mutex<(u64, Cut, u64)>>,
    port: u16,
}

impl Proxy {
    /// Listens, and cuts the n-th COMMIT.
    pub async fn cutting(server: &str, nth: u64, cut: Cut) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            armed: Arc::new(Mutex::new((nth, cut, 0))),
            port: listener.local_addr().unwrap().port(),
        };
        let (server, armed) = (place(server).to_owned(), proxy.armed.clone());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (server, armed) = (server.clone(), armed.clone());
                tokio::spawn(async move {
                    let server = TcpStream::connect(server).await.unwrap();
                    line(client, server, &armed).await;
                });
            }
        });
        proxy
    }

    /// The address of the same database through the proxy.
    pub fn through(&self, address: &str) -> String {
        address.replacen(place(address), &format!("127.0.0.1:{}", self.port), 1)
    }

    /// Whether the COMMIT came.
    pub fn has_cut(&self) -> bool {
        let (nth, _, passed) = *self.armed.lock().unwrap();
        passed >= nth
    }
}

/// Host and port of an address.
fn place(address: &str) -> &str {
    let (_, rest) = address.split_once('@').expect("an address with a user");
    rest.split_once('/').map_or(rest, |(place, _)| place)
}

/// One connection, until either side ends it or its COMMIT is to be cut.
async fn line(client: TcpStream, server: TcpStream, armed: &Mutex<(u64, Cut, u64)>) {
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
        (client.into_split(), server.into_split());
    let (mut asked, mut answered) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            read = from_client.read(&mut asked) => {
                let asked = match read {
                    Ok(read) if read > 0 => &asked[..read],
                    _ => return,
                };
                let cut = commits(asked).then(|| {
                    let mut armed = armed.lock().unwrap();
                    armed.2 += 1;
                    (armed.2 == armed.0).then_some(armed.1)
                });
                match cut.flatten() {
                    None => to_server.write_all(asked).await.unwrap(),
                    Some(Cut::Answer) => {
                        to_server.write_all(asked).await.unwrap();
                        let _ = from_server.read(&mut answered).await;
                        return;
                    }
                    Some(Cut::Request) => return,
                    Some(Cut::RequestUnnoticed(time)) => {
                        drop((from_client, to_client));
                        tokio::time::sleep(time).await;
                        return;
                    }
                    Some(Cut::WhileCommitting) => {
                        to_server.write_all(asked).await.unwrap();
                        drop((from_client, to_client));
                        // The server goes on whether or not anybody listens.
                        let _ = from_server.read(&mut answered).await;
                        return;
                    }
                }
            }
            read = from_server.read(&mut answered) => match read {
                Ok(read) if read > 0 => if to_client.write_all(&answered[..read]).await.is_err() { return },
                _ => return,
            },
        }
    }
}
