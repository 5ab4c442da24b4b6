//! Bindings for web pages and Node (feature `wasm`): converts and forwards, decides nothing.
//!
//! Names cross as bytes, many of them as one buffer with the end of each; offsets and lengths as `f64`, which is exact
//! up to 2^53. A question gives `{need: [start, end, ...]}` or `{done: answer}`; errors are JavaScript `Error`s with
//! a `kind`.

use bstr::BStr;
use js_sys::{Float64Array, Object, Reflect, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::{
    AlignedPiece, Contigs, Error, IndexAt, IndexUse, Info, Limits, Located, Origin, Paged, Region,
    SampleRow, SampleSegments, Samples, Sizes, Step,
};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** Ranges of the file to supply first, as start, end, start, end..., or the answer. */
export type Step<T> = { need: Float64Array } | { done: T };

/** Names laid end to end, and where each ends. */
export interface NameTable { names: Uint8Array<ArrayBuffer>; ends: Uint32Array }

export interface ContigTable extends NameTable { lengths: Float64Array; segmentCounts: Float64Array }

/** For each place a contig was found: the sample's name, and the number of the contig in it. */
export interface LocatedTable extends NameTable { contigs: Float64Array }

/**
 * Pieces of a region, one after another: segment, group, number in it, 1 if reversed, start and end in the contig, how many
 * runs it has, and for each of these its length and the base of the reference it begins with: -1 if it is literal, -2 for N.
 */
export type AlignmentTable = Float64Array;

/** Some rows of a list of `total`. */
export interface SamplePage extends NameTable { total: number; contigCounts: Float64Array; bases: Float64Array }
export interface ContigPage extends ContigTable { total: number }

/**
 * The segments of some contigs: the number of contigs, where the segments of each end among all, and of all segments the
 * groups, the numbers in these, and the lengths, overlaps included, times two, and one more if reversed.
 */
export type SegmentColumns = Uint32Array;

/**
 * Bytes of the index in the archive, of the footer, and of the tables of all samples; and of each reference (number 0) and
 * each pack (its number and 1): group, number, bytes.
 */
export type RawSizes = Float64Array;

/** Where the index of an archive is: in it if it has one, or in a file of that length, whose bytes are supplied from 2^52 on. */
export type IndexAt = 'none' | 'embedded' | number;

export interface RawInfo {
  versionMajor: number; versionMinor: number;
  /** Keys and values in turn. */
  fileTypeInfo: NameTable;
  /** Whether the archive is read by an index. */
  index: 'none' | 'embedded' | 'beside' | 'stale' | 'unknown';
  kmerLen: number; minMatchLen: number; packCardinality: number; segmentSize: number;
  sampleCount: number; streamCount: number; groupCount: number;
}

/** What questions took so far. */
export interface Tally { segmentsDecoded: number; cacheHits: number }
"#;

/// An archive whose bytes come from JavaScript. See [`crate::Reader`].
#[wasm_bindgen]
pub struct Reader(crate::Reader);

#[wasm_bindgen]
impl Reader {
    /// A reader of a file of `file_len` bytes. Of decoded references and packs it keeps `cache_bytes`.
    #[wasm_bindgen(constructor)]
    pub fn new(
        file_len: f64,
        #[wasm_bindgen(unchecked_param_type = "IndexAt", js_name = "index")] index: &JsValue,
        cache_bytes: Option<f64>,
    ) -> Result<Reader, JsValue> {
        let mut limits = Limits::for_browsers();
        if let Some(bytes) = cache_bytes {
            limits.cache_bytes_max = whole(bytes)?;
        }
        let file_len = whole(file_len)?;
        let reader = match (index.as_f64(), index.as_string().as_deref()) {
            (Some(len_bytes), _) => {
                let len_bytes = whole(len_bytes)?;
                crate::Reader::with_index(file_len, IndexAt::Beside { len_bytes }, limits)
            }
            (None, Some("embedded")) => {
                crate::Reader::with_index(file_len, IndexAt::Embedded, limits)
            }
            _ => crate::Reader::new(file_len, limits),
        };
        reader.map(Reader).map_err(error)
    }

    /// What questions took so far.
    #[wasm_bindgen(unchecked_return_type = "Tally")]
    pub fn tally(&self) -> Result<JsValue, JsValue> {
        let tally = self.0.tally();
        object(&[
            ("segmentsDecoded", float(tally.segments).into()),
            ("cacheHits", float(tally.cache_hits).into()),
        ])
    }

    /// Gives the bytes of the file from offset `at` on.
    pub fn supply(&mut self, at: f64, bytes: &[u8]) -> Result<(), JsValue> {
        self.0.supply(whole(at)?, bytes).map_err(error)
    }

    /// What the archive says about itself.
    #[wasm_bindgen(unchecked_return_type = "Step<RawInfo>")]
    pub fn info(&mut self) -> Result<JsValue, JsValue> {
        answer(self.0.info(), info)
    }

    /// The commands that made the archive; those of version 3 do not tell.
    #[wasm_bindgen(unchecked_return_type = "Step<NameTable>")]
    pub fn commands(&mut self) -> Result<JsValue, JsValue> {
        answer(self.0.commands(), |commands| {
            name_table(commands.iter().map(|command| BStr::new(&command.line)))
        })
    }

    /// The names of the samples.
    #[wasm_bindgen(unchecked_return_type = "Step<NameTable>")]
    pub fn samples(&mut self) -> Result<JsValue, JsValue> {
        answer(self.0.samples(), |samples| {
            name_table(Samples::iter(&samples))
        })
    }

    /// The contigs of a sample.
    #[wasm_bindgen(unchecked_return_type = "Step<ContigTable>")]
    pub fn contigs(&mut self, sample: &[u8]) -> Result<JsValue, JsValue> {
        answer(self.0.contigs(BStr::new(sample)), |contigs| {
            contig_table(&contigs)
        })
    }

    /// Samples from number `first` on, `count` of them.
    #[wasm_bindgen(js_name = samplesPage, unchecked_return_type = "Step<SamplePage>")]
    pub fn samples_page(&mut self, first: f64, count: f64) -> Result<JsValue, JsValue> {
        answer(self.0.samples_page(index(first)?, index(count)?), |page| {
            sample_page(&page)
        })
    }

    /// The segments of the contigs of a sample from number `first` to `end`; `by_rank` with ranks of groups if there is an index.
    #[wasm_bindgen(js_name = segmentsOf, unchecked_return_type = "Step<SegmentColumns>")]
    pub fn segments_of(
        &mut self,
        sample: &[u8],
        first: f64,
        end: f64,
        by_rank: Option<bool>,
    ) -> Result<JsValue, JsValue> {
        let contigs = index(first)?..index(end)?;
        let by_rank = by_rank.unwrap_or_default();
        let found = self.0.segments_told(BStr::new(sample), contigs, by_rank);
        answer(found, |found| Ok(segment_columns(&found)))
    }

    /// What the parts of the archive take.
    #[wasm_bindgen(unchecked_return_type = "Step<RawSizes>")]
    pub fn sizes(&mut self) -> Result<JsValue, JsValue> {
        answer(self.0.sizes(), |found| Ok(sizes(&found)))
    }

    /// Where contigs of this name are.
    #[wasm_bindgen(unchecked_return_type = "Step<LocatedTable>")]
    pub fn locate(&mut self, contig: &[u8]) -> Result<JsValue, JsValue> {
        answer(self.0.locate(BStr::new(contig)), |found| {
            located_table(&found)
        })
    }

    /// The letters of contig number `contig` of a sample from `start` to `end`, 0-based and half-open.
    #[wasm_bindgen(unchecked_return_type = "Step<Uint8Array<ArrayBuffer>>")]
    pub fn bases(
        &mut self,
        sample: &[u8],
        contig: f64,
        start: f64,
        end: f64,
    ) -> Result<JsValue, JsValue> {
        let region = region(sample, contig, start, end)?;
        answer(self.0.bases(&region), |bases| {
            Ok(Uint8Array::from(bases.as_slice()).into())
        })
    }

    /// How a region of contig number `contig` of a sample is made from references.
    #[wasm_bindgen(unchecked_return_type = "Step<AlignmentTable>")]
    pub fn alignment(
        &mut self,
        sample: &[u8],
        contig: f64,
        start: f64,
        end: f64,
    ) -> Result<JsValue, JsValue> {
        let region = region(sample, contig, start, end)?;
        answer(self.0.alignment(&region), |pieces| {
            Ok(alignment_table(&pieces))
        })
    }

    /// The letters of the contig of a name in a sample from `start` to `end`.
    #[wasm_bindgen(js_name = basesOf, unchecked_return_type = "Step<Uint8Array<ArrayBuffer>>")]
    pub fn bases_of(
        &mut self,
        sample: &[u8],
        contig: &[u8],
        start: f64,
        end: f64,
    ) -> Result<JsValue, JsValue> {
        let range = whole(start)?..whole(end)?;
        let bases = self.0.bases_of(BStr::new(sample), BStr::new(contig), range);
        answer(bases, |bases| Ok(Uint8Array::from(bases.as_slice()).into()))
    }
}

fn region(sample: &[u8], contig: f64, start: f64, end: f64) -> Result<Region, JsValue> {
    Ok(Region {
        sample: sample.into(),
        contig: index(contig)?,
        range: whole(start)?..whole(end)?,
    })
}

/// `{need}` or `{done}`, or an error to throw.
fn answer<T>(
    step: Result<Step<T>, Error>,
    convert: impl FnOnce(T) -> Result<JsValue, JsValue>,
) -> Result<JsValue, JsValue> {
    match step.map_err(error)? {
        Step::Done(value) => object(&[("done", convert(value)?)]),
        Step::Need(ranges) => {
            object(&[("need", floats(ranges.iter().flat_map(|r| [r.start, r.end])))])
        }
    }
}

fn info(info: Info) -> Result<JsValue, JsValue> {
    let pairs = info
        .file_type_info
        .iter()
        .flat_map(|(key, value)| [BStr::new(key), BStr::new(value)]);
    object(&[
        ("versionMajor", info.file_version.0.into()),
        ("versionMinor", info.file_version.1.into()),
        ("fileTypeInfo", name_table(pairs)?),
        ("index", index_use(info.index).into()),
        ("kmerLen", info.params.kmer_len.into()),
        ("minMatchLen", info.params.min_match_len.into()),
        ("packCardinality", info.params.pack_cardinality.into()),
        ("segmentSize", info.params.segment_size.into()),
        ("sampleCount", float(info.sample_count as u64).into()),
        ("streamCount", float(info.stream_count as u64).into()),
        ("groupCount", float(info.group_count as u64).into()),
    ])
}

fn index_use(index: IndexUse) -> &'static str {
    match index {
        IndexUse::None => "none",
        IndexUse::Embedded => "embedded",
        IndexUse::Beside => "beside",
        IndexUse::Stale => "stale",
        IndexUse::Unknown => "unknown",
    }
}

fn sample_page(page: &Paged<Vec<SampleRow>>) -> Result<JsValue, JsValue> {
    let rows = || page.rows.iter();
    let table = name_table(rows().map(|row| BStr::new(&row.name)))?;
    let counts = floats(rows().map(|row| row.contig_count as u64));
    set(&table, "contigCounts", &counts)?;
    set(&table, "bases", &floats(rows().map(|row| row.bases)))?;
    set(&table, "total", &float(page.total as u64).into())?;
    Ok(table)
}

fn contig_table(contigs: &Contigs) -> Result<JsValue, JsValue> {
    let table = name_table(contigs.iter().map(|contig| contig.name))?;
    set(
        &table,
        "lengths",
        &floats(contigs.iter().map(|contig| contig.len_bases)),
    )?;
    set(
        &table,
        "segmentCounts",
        &floats(contigs.iter().map(|contig| contig.segment_count as u64)),
    )?;
    Ok(table)
}

/// See `SegmentColumns`.
fn segment_columns(found: &SampleSegments) -> JsValue {
    let SampleSegments { segments, ends } = found;
    let mut numbers = Vec::with_capacity(1 + ends.len() + 3 * segments.len());
    numbers.push(count(ends.len()));
    numbers.extend(ends.iter().map(|&end| count(end)));
    for column in 0..3 {
        numbers.extend(
            segments
                .iter()
                .filter_map(|segment| segment.columns().get(column).copied()),
        );
    }
    Uint32Array::from(numbers.as_slice()).into()
}

/// See `RawSizes`.
fn sizes(found: &Sizes) -> JsValue {
    let mut numbers = vec![
        found.index_len_bytes,
        found.footer_len_bytes,
        found.tables_len_bytes,
    ];
    for part in &found.parts {
        let number = part.pack.map_or(0, |pack| u64::from(pack) + 1);
        numbers.extend([part.group_id.into(), number, part.len_bytes]);
    }
    floats(numbers.into_iter())
}

/// Memory of wasm32 ends at 4 GiB, so every count fits.
fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn located_table(found: &[Located]) -> Result<JsValue, JsValue> {
    let table = name_table(found.iter().map(|place| BStr::new(&place.sample)))?;
    set(
        &table,
        "contigs",
        &floats(found.iter().map(|place| place.contig as u64)),
    )?;
    Ok(table)
}

fn alignment_table(pieces: &[AlignedPiece]) -> JsValue {
    let mut table: Vec<f64> = Vec::new();
    for piece in pieces {
        table.extend([
            float(piece.segment as u64),
            piece.stored.group_id.into(),
            piece.stored.in_group_id.into(),
            f64::from(u8::from(piece.stored.reversed())),
            float(piece.range.start),
            float(piece.range.end),
            float(piece.runs.len() as u64),
        ]);
        for run in &piece.runs {
            let at = match run.origin {
                Origin::Reference(at) => at.into(),
                Origin::Literal => -1.0,
                Origin::Unknown => -2.0,
            };
            table.extend([run.len_bases.into(), at]);
        }
    }
    Float64Array::from(table.as_slice()).into()
}

fn name_table<'a>(names: impl Iterator<Item = &'a BStr>) -> Result<JsValue, JsValue> {
    let mut bytes: Vec<u8> = Vec::new();
    let mut ends: Vec<u32> = Vec::new();
    for name in names {
        bytes.extend_from_slice(name);
        ends.push(count(bytes.len()));
    }
    object(&[
        ("names", Uint8Array::from(bytes.as_slice()).into()),
        ("ends", Uint32Array::from(ends.as_slice()).into()),
    ])
}

fn floats(numbers: impl Iterator<Item = u64>) -> JsValue {
    Float64Array::from(numbers.map(float).collect::<Vec<f64>>().as_slice()).into()
}

fn object(fields: &[(&str, JsValue)]) -> Result<JsValue, JsValue> {
    let object = Object::new().into();
    for (name, value) in fields {
        set(&object, name, value)?;
    }
    Ok(object)
}

fn set(object: &JsValue, name: &str, value: &JsValue) -> Result<(), JsValue> {
    Reflect::set(object, &name.into(), value).map(|_| ())
}

/// An `Error` whose `kind` tells programs what the message tells people.
fn error(error: Error) -> JsValue {
    let kind = match &error {
        Error::Malformed { .. } => "not-an-archive",
        Error::Unsupported { .. } => "unsupported",
        Error::Limit { .. } => "limit",
        Error::NotFound { .. } => "not-found",
        Error::Ambiguous { .. } => "ambiguous",
        Error::StaleIndex { .. } => "stale-index",
        Error::Misuse(_) => "misuse",
    };
    let thrown = js_sys::Error::new(&error.to_string()).into();
    // Only a frozen object refuses a property, and this one is new.
    let _ = set(&thrown, "kind", &kind.into());
    thrown
}

/// A whole number of JavaScript: neither negative, broken nor beyond 2^53, where it would no longer be exact.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range is checked in the line before"
)]
fn whole(number: f64) -> Result<u64, JsValue> {
    const MAX: f64 = 9_007_199_254_740_992.0;
    if (0.0..=MAX).contains(&number) && number.fract() == 0.0 {
        return Ok(number as u64);
    }
    Err(error(Error::Misuse(
        "offsets are whole numbers from 0 to 2^53",
    )))
}

/// A number of something in a list; what is beyond memory is in none.
fn index(number: f64) -> Result<usize, JsValue> {
    Ok(usize::try_from(whole(number)?).unwrap_or(usize::MAX))
}

/// Offsets and lengths lie within a file whose length came as an exact `f64`.
#[expect(clippy::cast_precision_loss, reason = "below 2^53, see above")]
fn float(number: u64) -> f64 {
    number as f64
}
