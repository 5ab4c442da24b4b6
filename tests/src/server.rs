//! A web server for one file, that misbehaves on demand.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What the server does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// Nothing.
    Good,
    /// Sends the whole file, whatever was asked for.
    NoRanges,
    /// The same, and does not tell how long that is.
    NoRangesNoLength,
    /// Answers 416 to ranges counted from the end.
    NoSuffixRanges,
    /// Sends 206 without Content-Range.
    NoContentRange,
    /// Says that what it sends is compressed.
    Encoded,
    /// Another ETag with every answer.
    ChangingTag,
    /// Another weak ETag with every answer, as proxies that compress make them.
    ChangingWeakTag,
    /// Another date with every answer, and no ETag.
    ChangingDate,
    /// A file that is one byte shorter with every answer, and has no ETag.
    Shrinking,
    /// Answers 503 to every second request.
    Busy,
    /// Answers 503 to the first request, and wants to be left alone for so many seconds.
    BusyFor(u32),
    /// Answers 429 to every second request.
    TooMany,
    /// Cuts every second answer in its middle.
    Cutting,
    /// Cuts every answer in its middle.
    AlwaysCutting,
    /// Ends the first answer, its head counted, after so many bytes.
    CutAfter(usize),
    /// Ends the first answer some bytes early and says that it is complete.
    ShortOnce,
    /// Sends a byte too many.
    TooLong,
    /// Sends a few bytes at a time.
    Dripping,
    /// Sends other bytes than those asked for, and says so.
    Shifted,
    /// 404.
    Absent,
    /// 403.
    Forbidding,
    /// Answers everything with a web page.
    WebPage,
    /// The same, with 206.
    WebPageInParts,
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
    /// Requests for what is there.
    answered: AtomicUsize,
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
            answered: AtomicUsize::new(0),
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
            self.requests.fetch_add(1, Ordering::SeqCst);
            self.answer(&mut connection, &path, range?)?;
        }
    }

    fn answer(&self, out: &mut TcpStream, path: &str, range: String) -> Option<()> {
        if self.named(path).is_none() {
            return Answer::empty("404 Not Found").send(out);
        }
        // Looking for an index that is not there spoils no habit.
        let number = self.answered.fetch_add(1, Ordering::SeqCst);
        let mut answer = self.proper_answer(path, &range, number)?;
        let first = number == 0;
        let even = number.is_multiple_of(2);
        match self.habit {
            Habit::NoRangesNoLength => answer.tells_length = false,
            Habit::NoContentRange => answer.headers.retain(|h| !h.starts_with("Content-Range")),
            Habit::Encoded => answer.headers.push("Content-Encoding: gzip".to_string()),
            Habit::ChangingTag => answer.tag(format!("ETag: \"{number}\"")),
            Habit::ChangingWeakTag => answer.tag(format!("ETag: W/\"{number}\"")),
            Habit::ChangingDate => {
                answer.tag(format!(
                    "Last-Modified: Mon, 01 Jun 2026 00:00:{number:02} GMT"
                ));
            }
            Habit::Shrinking => answer.tag(String::new()),
            Habit::Busy if even => answer = Answer::empty("503 Service Unavailable"),
            Habit::BusyFor(seconds) if first => {
                answer = Answer::empty("503 Service Unavailable");
                answer.headers.push(format!("Retry-After: {seconds}"));
            }
            Habit::TooMany if even => answer = Answer::empty("429 Too Many Requests"),
            Habit::Cutting if even => answer.body_sent_max = answer.body.len() / 2,
            Habit::AlwaysCutting => answer.body_sent_max = answer.body.len() / 2,
            Habit::CutAfter(bytes) if first => answer.sent_max = bytes,
            Habit::ShortOnce if first => {
                answer.body.truncate(answer.body.len() - 7);
                answer.tells_length = false;
            }
            Habit::TooLong => answer.body.push(0),
            Habit::Dripping => answer.piece_len = answer.body.len().div_ceil(10),
            Habit::Absent => answer = Answer::empty("404 Not Found"),
            Habit::Forbidding => answer = Answer::empty("403 Forbidden"),
            Habit::WebPage => answer = Answer::web_page("200 OK"),
            Habit::WebPageInParts => {
                answer = Answer::web_page("206 Partial Content");
                answer
                    .headers
                    .push("Content-Range: bytes 0-4/5".to_string());
            }
            Habit::NoSuffixRanges if range.starts_with('-') => {
                answer = Answer::empty("416 Range Not Satisfiable");
            }
            Habit::Redirecting if path == "/x.agc" => {
                answer = Answer::empty("302 Found");
                answer.headers.push("Location: /y.agc".to_string());
            }
            _ => {}
        }
        answer.send(out)
    }

    /// The file or its index.
    fn named(&self, path: &str) -> Option<&Vec<u8>> {
        match path.split('?').next()?.ends_with(".ragi") {
            true => self.index.as_ref(),
            false => Some(&self.file),
        }
    }

    /// What `range` asks for, noted as sent.
    fn proper_answer(&self, path: &str, range: &str, number: usize) -> Option<Answer> {
        let habit = self.habit;
        let file = self.named(path)?;
        let shorter = if habit == Habit::Shrinking { number } else { 0 };
        let file = file.get(..file.len() - shorter)?;
        let len = file.len() as u64;
        let (first, last) = range.split_once('-')?;
        let mut wanted = match first {
            "" => len.saturating_sub(last.parse().ok()?)..len,
            _ => first.parse().ok()?..len.min(last.parse::<u64>().ok()? + 1),
        };
        let whole = matches!(habit, Habit::NoRanges | Habit::NoRangesNoLength);
        if whole {
            wanted = 0..len;
        }
        if wanted.is_empty() {
            return Some(Answer::empty("416 Range Not Satisfiable"));
        }
        if habit == Habit::Shifted && wanted.start > 0 {
            wanted = wanted.start - 1..wanted.end - 1;
        }
        let mut answer = Answer::empty("206 Partial Content");
        answer.body = file[wanted.start as usize..wanted.end as usize].to_vec();
        answer.tag("ETag: \"0\"".to_string());
        if whole {
            answer.status = "200 OK";
        } else {
            let (first, last) = (wanted.start, wanted.end - 1);
            let place = format!("Content-Range: bytes {first}-{last}/{len}");
            answer.headers.push(place);
        }
        self.ranges.lock().ok()?.push(wanted);
        Some(answer)
    }
}

/// An answer as it goes over the line, and where that ends early.
struct Answer {
    status: &'static str,
    /// What tells the version of the file.
    tag: String,
    headers: Vec<String>,
    body: Vec<u8>,
    /// Without a length, the end of the connection is the end of the body.
    tells_length: bool,
    sent_max: usize,
    body_sent_max: usize,
    /// Sent at a time, with pauses.
    piece_len: usize,
}

impl Answer {
    fn empty(status: &'static str) -> Answer {
        Answer {
            status,
            tag: String::new(),
            headers: Vec::new(),
            body: Vec::new(),
            tells_length: true,
            sent_max: usize::MAX,
            body_sent_max: usize::MAX,
            piece_len: usize::MAX,
        }
    }

    fn web_page(status: &'static str) -> Answer {
        let mut answer = Answer::empty(status);
        answer
            .headers
            .push("Content-Type: text/html; charset=utf-8".to_string());
        answer.body = b"<html".to_vec();
        answer
    }

    fn tag(&mut self, tag: String) {
        self.tag = tag;
    }

    /// Sends it. `None` ends the connection.
    fn send(self, out: &mut TcpStream) -> Option<()> {
        let mut line = format!("HTTP/1.1 {}\r\n", self.status);
        let length = format!("Content-Length: {}", self.body.len());
        let length = if self.tells_length {
            length
        } else {
            "Connection: close".to_string()
        };
        for header in self.headers.iter().chain([&self.tag, &length]) {
            if !header.is_empty() {
                line += &format!("{header}\r\n");
            }
        }
        let mut bytes = (line + "\r\n").into_bytes();
        let head_len = bytes.len();
        bytes.extend(self.body);
        let end = self
            .sent_max
            .min(self.body_sent_max.saturating_add(head_len));
        let all = end >= bytes.len();
        bytes.truncate(end);
        for piece in bytes.chunks(self.piece_len) {
            out.write_all(piece).ok()?;
            if piece.len() == self.piece_len {
                thread::sleep(Duration::from_millis(10));
            }
        }
        (all && self.tells_length).then_some(())
    }
}
