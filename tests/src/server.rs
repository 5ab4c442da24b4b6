//! A web server for one file, that misbehaves on demand.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// What the server does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// Nothing.
    Good,
    /// Sends the whole file, whatever was asked for.
    NoRanges,
    /// Answers 416 to ranges counted from the end.
    NoSuffixRanges,
    /// Sends 206 without Content-Range.
    NoContentRange,
    /// Says that what it sends is compressed.
    Encoded,
    /// Another ETag with every answer.
    ChangingTag,
    /// Answers 503 to every second request.
    Busy,
    /// Cuts every second answer in its middle.
    Cutting,
    /// Cuts every answer in its middle.
    AlwaysCutting,
    /// Sends other bytes than those asked for, and says so.
    Shifted,
    /// 404.
    Absent,
    /// Sends every request elsewhere first.
    Redirecting,
}

/// Serves on a port of its own until the tests end.
pub struct Server {
    /// Of the file it serves.
    pub address: String,
    state: Arc<State>,
}

struct State {
    file: Vec<u8>,
    /// What is beside it under its name with `.ragi`.
    index: Option<Vec<u8>>,
    habit: Habit,
    requests: AtomicUsize,
    ranges: Mutex<Vec<Range<u64>>>,
}

impl Server {
    /// Serves `file`.
    pub fn start(file: Vec<u8>, habit: Habit) -> Server {
        Server::start_with(file, None, habit)
    }

    /// Serves `file` and an index beside it.
    pub fn start_with(file: Vec<u8>, index: Option<Vec<u8>>, habit: Habit) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = format!("http://{}/x.agc", listener.local_addr().expect("bound"));
        let state = Arc::new(State {
            file,
            index,
            habit,
            requests: AtomicUsize::new(0),
            ranges: Mutex::default(),
        });
        let served = Arc::clone(&state);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let state = Arc::clone(&served);
                // A client that goes away ends its connection, which is no business of the others.
                thread::spawn(move || state.converse(connection));
            }
        });
        Server { address, state }
    }

    /// How many requests were made.
    pub fn requests(&self) -> usize {
        self.state.requests.load(Ordering::SeqCst)
    }

    /// The ranges sent, of the file and of its index, in the order of their requests.
    pub fn ranges(&self) -> Vec<Range<u64>> {
        self.state.ranges.lock().expect("no panic").clone()
    }
}

impl State {
    fn converse(&self, mut connection: TcpStream) -> Option<()> {
        let mut lines = BufReader::new(connection.try_clone().ok()?).lines();
        loop {
            let request = lines.next()?.ok()?;
            let path = request.split(' ').nth(1)?.to_string();
            let mut range = None;
            loop {
                let line = lines.next()?.ok()?.to_ascii_lowercase();
                if line.is_empty() {
                    break;
                }
                if let Some(value) = line.strip_prefix("range: bytes=") {
                    range = Some(value.to_string());
                }
            }
            let number = self.requests.fetch_add(1, Ordering::SeqCst);
            self.answer(&mut connection, &path, range?, number)?;
        }
    }

    fn answer(&self, out: &mut TcpStream, path: &str, range: String, number: usize) -> Option<()> {
        let habit = self.habit;
        let is_index = path.split('?').next()?.ends_with(".ragi");
        let file = if is_index {
            self.index.as_ref()
        } else {
            Some(&self.file)
        };
        let plain = |status: &str| format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n");
        let refusal = match habit {
            _ if file.is_none() => Some(plain("404 Not Found")),
            Habit::Absent => Some(plain("404 Not Found")),
            Habit::Busy if number.is_multiple_of(2) => Some(plain("503 Service Unavailable")),
            Habit::NoSuffixRanges if range.starts_with('-') => {
                Some(plain("416 Range Not Satisfiable"))
            }
            Habit::Redirecting if path == "/x.agc" => {
                Some(plain("302 Found") + "Location: /y.agc\r\n")
            }
            _ => None,
        };
        if let Some(head) = refusal {
            return write!(out, "{head}\r\n").ok();
        }
        let file = file?;
        let len = file.len() as u64;
        let (first, last) = range.split_once('-')?;
        let mut wanted = match first {
            "" => len.saturating_sub(last.parse().ok()?)..len,
            _ => first.parse().ok()?..len.min(last.parse::<u64>().ok()? + 1),
        };
        if habit == Habit::NoRanges {
            wanted = 0..len;
        }
        if wanted.is_empty() {
            let head = plain("416 Range Not Satisfiable");
            return write!(out, "{head}\r\n").ok();
        }
        if habit == Habit::Shifted && wanted.start > 0 {
            wanted = wanted.start - 1..wanted.end - 1;
        }
        let body = &file[wanted.start as usize..wanted.end as usize];
        let (status, place) = match habit {
            Habit::NoRanges => ("200 OK", String::new()),
            Habit::NoContentRange => ("206 Partial Content", String::new()),
            _ => (
                "206 Partial Content",
                format!(
                    "Content-Range: bytes {}-{}/{len}\r\n",
                    wanted.start,
                    wanted.end - 1
                ),
            ),
        };
        let tag = if habit == Habit::ChangingTag {
            number
        } else {
            0
        };
        let encoding = if habit == Habit::Encoded {
            "gzip"
        } else {
            "identity"
        };
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\n{place}ETag: \"{tag}\"\r\nContent-Encoding: {encoding}\r\n\r\n",
            body.len()
        );
        self.ranges.lock().ok()?.push(wanted);
        out.write_all(head.as_bytes()).ok()?;
        let cut =
            habit == Habit::AlwaysCutting || (habit == Habit::Cutting && number.is_multiple_of(2));
        if cut {
            out.write_all(&body[..body.len() / 2]).ok()?;
            // Ends the connection.
            return None;
        }
        out.write_all(body).ok()
    }
}
